import type { Clock } from '../clock/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PluginRegistry } from '../registry/plugin-registry.js';
import type { Sink } from '../sink/sink.js';
import type { OpenRows } from './chunk-rows.js';

/** What a pipeline is put together from. */
export interface PipelineParts {
  readonly registry: PluginRegistry;
  readonly sink: Sink;
  readonly ledger: Ledger;
  readonly rows: OpenRows;
  readonly clock: Clock;
}
