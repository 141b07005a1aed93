export { STAND_IN_KEY, type GatewayAccount } from './accounts.js';
export type { GatewayDataset, RecordQuery, RecordRun, TimeRange } from './dataset.js';
export type { BodyPosition, ErrorBody, Fault, FaultFunction, FaultKind, FaultRequest } from './faults/fault.js';
export type { GatewayOptions } from './gateway-options.js';
export { sampled, type SampledOptions } from './market/sampled.js';
export type { GatewayBill, GatewayRequest } from './request-log.js';
export type { Condition, DayCondition, UnitPrices } from './served-dataset.js';
export { startGateway, type Gateway } from './start-gateway.js';
