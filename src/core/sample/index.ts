export { generateSample, type Sample } from './generate-sample.js';
export {
  DEFAULT_START,
  SAMPLE_SCHEMAS,
  SAMPLE_STYPES,
  type SampleRequest,
  type SampleSchema,
  type SampleStype,
} from './sample-request.js';
