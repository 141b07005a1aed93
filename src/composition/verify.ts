import type { DependencyContainer } from 'tsyringe';
import { sharedSignal } from '../core/abort/shared-signal.js';
import { Verification } from '../core/verify/verification.js';
import type { VerifyReport, VerifyRequest } from '../core/verify/verify-report.js';
import { openStores } from './stores.js';
import type { Tickloom } from './tickloom.js';
import { PARTS } from './tokens.js';

/** Looks at what is held, and changes nothing. */
export async function verify(
  parts: DependencyContainer,
  tickloom: Pick<Tickloom, 'runs'>,
  request: VerifyRequest,
  { reporter = parts.resolve(PARTS.reporter), ...call }: NonNullable<Parameters<Tickloom['verify']>[1]>,
): Promise<VerifyReport> {
  const signal = sharedSignal(call.signal);
  const registry = await parts.resolve(PARTS.registry);
  if (request.schema !== undefined) registry.get(request.schema);
  const emit = parts.resolve(PARTS.events).emitter({ method: 'verify', request }, reporter);
  const { verify: store } = await openStores(parts, ['verify'], { signal });
  // the beginning of an id is enough, and a run that there is not is told apart from one without chunks
  const runId = request.runId === undefined ? undefined : (await tickloom.runs.show(request.runId)).run_id;
  const verification = new Verification(
    {
      registry,
      store,
      originals: parts.resolve(PARTS.originals),
      decompress: parts.resolve(PARTS.decompress),
      clock: parts.resolve(PARTS.clock),
    },
    { ...request, ...(runId === undefined ? {} : { runId }) },
    (text) => emit({ type: 'note', level: 'info', text }),
    signal,
  );
  return verification.run();
}
