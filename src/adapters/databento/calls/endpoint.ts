/** How often the service lets an endpoint be asked; see {@link RateLimits}. */
export type LimitName = 'timeseries' | 'symbology' | 'metadata' | 'list_jobs' | 'submit_job';

/** One endpoint of the API. Methods are those of the official clients: POST where symbol lists can be long. */
export interface Endpoint {
  /** `family.method`, as in its path. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly limit: LimitName | null;
  /**
   * True when asking twice does something twice and nothing tells the two apart: then it is not asked again once the
   * service may have seen it.
   */
  readonly once?: boolean;
}

const get = (name: string, limit: LimitName | null): Endpoint => ({ name, method: 'GET', limit });
const post = (name: string, limit: LimitName): Endpoint => ({ name, method: 'POST', limit });

export const ENDPOINTS = {
  listPublishers: get('metadata.list_publishers', 'metadata'),
  listDatasets: get('metadata.list_datasets', 'metadata'),
  listSchemas: get('metadata.list_schemas', 'metadata'),
  listFields: get('metadata.list_fields', 'metadata'),
  listUnitPrices: get('metadata.list_unit_prices', 'metadata'),
  getDatasetCondition: get('metadata.get_dataset_condition', 'metadata'),
  getDatasetRange: get('metadata.get_dataset_range', 'metadata'),
  getRecordCount: post('metadata.get_record_count', 'metadata'),
  getBillableSize: post('metadata.get_billable_size', 'metadata'),
  getCost: post('metadata.get_cost', 'metadata'),
  resolve: post('symbology.resolve', 'symbology'),
  getRange: post('timeseries.get_range', 'timeseries'),
  submitJob: { ...post('batch.submit_job', 'submit_job'), once: true },
  listJobs: get('batch.list_jobs', 'list_jobs'),
  getJobDetails: get('batch.get_job_details', null),
  listFiles: get('batch.list_files', null),
  download: get('batch.download', null),
} as const satisfies Record<string, Endpoint>;
