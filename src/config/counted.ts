export { counted } from '../core/text/counted.js';
