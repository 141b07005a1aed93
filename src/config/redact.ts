export { createRedactor, redact } from '../core/text/redact.js';
