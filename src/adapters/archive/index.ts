export { DiskArchive } from './disk-archive.js';
export { DiskJobArchive } from './disk-job-archive.js';
export { jobConditions } from './job-conditions.js';
