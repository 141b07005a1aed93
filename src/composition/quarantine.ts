import type { DependencyContainer } from 'tsyringe';
import { sharedSignal } from '../core/abort/shared-signal.js';
import { throwIfCancelled } from '../core/abort/throw-if-cancelled.js';
import { TickloomError } from '../core/errors/index.js';
import type { QuarantineStore } from '../core/quarantine/quarantine-store.js';
import type { ReplayStore } from '../core/quarantine/replay-store.js';
import { checkCall } from './known-keys.js';
import { DROP_KEYS, QUARANTINE_KEYS, SELECTION_KEYS } from './request-keys.js';
import type { Tickloom } from './tickloom.js';
import { PARTS } from './tokens.js';

/** What can be done with records that were kept aside. */
export function quarantine(parts: DependencyContainer): Tickloom['quarantine'] {
  const held = async (signal: AbortSignal | undefined): Promise<QuarantineStore> => {
    throwIfCancelled(signal, 'asking the quarantine');
    const { openStores } = await import('./stores.js');
    return (await openStores(parts, ['quarantine'], { signal: sharedSignal(signal) })).quarantine;
  };
  const replay = async (signal: AbortSignal | undefined): Promise<ReplayStore> => {
    throwIfCancelled(signal, 'opening the quarantine');
    const { openStores } = await import('./stores.js');
    return (await openStores(parts, ['replay'], { signal: sharedSignal(signal) })).replay;
  };
  return {
    list: async (filter = {}, options = {}) => {
      checkCall('quarantine.list', filter, QUARANTINE_KEYS, options);
      return (await held(options.signal)).list(filter);
    },
    show: async (id, { signal } = {}) => {
      const entry = await (await held(signal)).show(id);
      if (entry === undefined) {
        throw new TickloomError('NOT_FOUND', `there is no quarantine entry ${id}`, {
          hint: 'See "tickloom quarantine list" for the entries that there are.',
          context: { id },
        });
      }
      const { describeRecord } = await import('../core/compile/describe-record.js');
      const { record, dbn_version, ts_out, ...rest } = entry;
      const schema = (await parts.resolve(PARTS.registry)).find(entry.schema);
      return {
        ...rest,
        // Without its plugin a record can still be shown, as bytes.
        record: schema === undefined ? {} : describeRecord(schema.model, dbn_version, record, ts_out),
        bytes_hex: Buffer.from(record).toString('hex'),
      };
    },
    replay: async (selection = {}, options = {}) => {
      checkCall('quarantine.replay', selection, SELECTION_KEYS, options);
      const { onNote = () => undefined, ...call } = options;
      const signal = sharedSignal(call.signal);
      const { replayEntries } = await import('./replay-entries.js');
      return replayEntries(parts, await replay(signal), selection, { onNote, signal });
    },
    drop: async (request, options = {}) => {
      checkCall('quarantine.drop', request, DROP_KEYS, options);
      const { reason, ...selection } = request;
      if (reason.trim() === '') {
        throw new TickloomError('USAGE', 'no reason is given for dropping quarantine entries', {
          hint: 'Say why, so that somebody who looks at them later knows.',
        });
      }
      return { dropped: await (await replay(options.signal)).drop(selection, reason) };
    },
  };
}
