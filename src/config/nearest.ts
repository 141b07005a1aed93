export { nearest } from '../core/text/nearest.js';
