import { layoutOf, rtypeOfSchema, type DbnVersion } from '../../../core/dbn/index.js';
import { readDataRequest, type DataRequest } from '../data-request.js';
import type { Endpoint, GatewayCall } from '../gateway-call.js';
import { PRICE_MODES, usdPerByte, type PriceMode } from '../prices.js';
import { countOf } from '../record-stream.js';
import { jsonReply } from '../reply.js';

const LEAST_LIMIT = 1;

/** metadata.get_record_count */
export const getRecordCount: Endpoint = (call) => {
  const { request, version } = read(call);
  return jsonReply(countOf(request, version));
};

/** metadata.get_billable_size: bytes of uncompressed binary records. */
export const getBillableSize: Endpoint = (call) => jsonReply(billableSize(call).size);

/** metadata.get_cost: US dollars. */
export const getCost: Endpoint = (call) => {
  const { size, request } = billableSize(call);
  const mode = call.parameters.oneOf('mode', PRICE_MODES, 'historical-streaming') as PriceMode;
  return jsonReply(size * usdPerByte(call.state, request, mode));
};

/** Bytes of a record, as it is billed. */
export function recordSizeOf(schema: string, version: DbnVersion): number {
  return layoutOf(rtypeOfSchema(schema) ?? 0, version)?.size ?? 0;
}

function billableSize(call: GatewayCall): { readonly size: number; readonly request: DataRequest } {
  const { request, version } = read(call);
  return { request, size: countOf(request, version) * recordSizeOf(request.schema, version) };
}

function read({ parameters, state, account }: GatewayCall): { request: DataRequest; version: DbnVersion } {
  const request = readDataRequest(parameters, state.datasets, account, LEAST_LIMIT);
  return { request, version: request.dataset.data.versionFor(state.version) };
}
