export { DiskArchive } from './disk-archive.js';
export { DiskJobArchive } from './disk-job-archive.js';
export { DiskPurchases } from './disk-purchases.js';
export { jobConditions } from './job-conditions.js';
