import type { Endpoint } from '../gateway-call.js';
import { downloadAll, downloadFile, getJobDetails, listFiles, listJobs, submitJob } from './batch.js';
import { getRange } from './get-range.js';
import {
  getDatasetCondition,
  getDatasetRange,
  listDatasets,
  listFields,
  listPublishers,
  listSchemas,
  listUnitPrices,
} from './metadata.js';
import { getBillableSize, getCost, getRecordCount } from './pricing.js';
import { resolveSymbols } from './symbology.js';

/** An endpoint and the methods that it takes. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly methods: readonly string[];
}

const GET = ['GET'];
const POST = ['POST'];
const EITHER = ['GET', 'POST'];

/** Every endpoint by its name behind `/v0/`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'timeseries.get_range': { endpoint: getRange, methods: EITHER },
  'symbology.resolve': { endpoint: resolveSymbols, methods: EITHER },
  'metadata.list_publishers': { endpoint: listPublishers, methods: GET },
  'metadata.list_datasets': { endpoint: listDatasets, methods: GET },
  'metadata.list_schemas': { endpoint: listSchemas, methods: GET },
  'metadata.list_fields': { endpoint: listFields, methods: GET },
  'metadata.list_unit_prices': { endpoint: listUnitPrices, methods: GET },
  'metadata.get_dataset_condition': { endpoint: getDatasetCondition, methods: GET },
  'metadata.get_dataset_range': { endpoint: getDatasetRange, methods: GET },
  'metadata.get_record_count': { endpoint: getRecordCount, methods: EITHER },
  'metadata.get_billable_size': { endpoint: getBillableSize, methods: EITHER },
  'metadata.get_cost': { endpoint: getCost, methods: EITHER },
  'batch.submit_job': { endpoint: submitJob, methods: POST },
  'batch.list_jobs': { endpoint: listJobs, methods: GET },
  'batch.get_job_details': { endpoint: getJobDetails, methods: GET },
  'batch.list_files': { endpoint: listFiles, methods: GET },
  'batch.download': { endpoint: downloadAll, methods: GET },
  'batch.file': { endpoint: downloadFile, methods: GET },
};
