import { DiskArchive } from '../../src/adapters/archive/index.js';
import { decompress, salvage } from '../../src/adapters/zstd/index.js';
import { fetchRange } from '../../src/core/historical/fetch-range.js';
import { fastClient, Purse, requestOf } from './fetching.js';

// Fetches a range into an archive and says so; to be killed on the way. Arguments: gateway, folder, start, end.
const [address = '', folder = '', start = '', end = ''] = process.argv.slice(2);
const client = fastClient(address);
const { entry } = await fetchRange(
  {
    request: requestOf({ start, end }),
    estimate: { costUsd: 1n, sizeBytes: 1, records: null },
    conditions: [],
    onBytes: (bytes) => console.log(`got ${bytes}`),
  },
  { api: client, archive: new DiskArchive(folder), spending: new Purse(), decompress, salvage },
);
console.log(`complete ${entry.id}`);
client.close();
