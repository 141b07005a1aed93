export { DiskArchive } from './disk-archive.js';
