import { Random } from '../../../core/sample/random.js';
import type { ErrorBody, Fault, FaultFunction, FaultKind, FaultRequest } from './fault.js';

/** Faults drawn by a seed. */
export interface SeededFaultsOptions {
  readonly seed: number;
  /** Part of the requests that go wrong, 0 to 1; default 0.5. */
  readonly rate?: number;
  /** Faults in all; default no bound. */
  readonly most?: number;
  /** The same request goes wrong at most so many times one after the other; default 2. */
  readonly inARow?: number;
  /** Default cut, reset, stall, status and corrupt. */
  readonly kinds?: readonly FaultKind[];
  /** Default all. */
  readonly endpoints?: readonly string[];
  /** How long a stall lasts; default 20 ms, `null` for ever. */
  readonly stallMs?: number | null;
  /** Seconds in the Retry-After of a 429, which only every other one has; default 0. */
  readonly retryAfter?: number;
}

const DEFAULT_KINDS: readonly FaultKind[] = ['cut', 'reset', 'stall', 'status', 'corrupt'];
const STATUSES = [429, 429, 500, 502, 503, 504, 408];
const BODIES: readonly ErrorBody[] = ['html', 'object', 'string', 'array', 'truncated-json', 'empty'];
const THOUSAND = 1_000;

/**
 * Faults that depend on the seed, the request and how often it came before, not on the order of requests: the same ones
 * however many run side by side.
 */
export function seededFaults(options: SeededFaultsOptions): FaultFunction {
  const { seed, rate = 0.5, most = Infinity, inARow = 2, kinds = DEFAULT_KINDS, endpoints } = options;
  const row = new Map<string, number>();
  let given = 0;
  return (request) => {
    if (endpoints !== undefined && !endpoints.includes(request.endpoint)) return undefined;
    const key = JSON.stringify([request.endpoint, Object.entries(request.parameters).sort()]);
    const before = row.get(key) ?? 0;
    const random = new Random(seed * THOUSAND + hashOf(`${key} ${request.attempt}`));
    const due = random.below(THOUSAND) < rate * THOUSAND && given < most && before < inARow;
    row.set(key, due ? before + 1 : 0);
    if (!due) return undefined;
    given += 1;
    return drawn(kinds[random.below(kinds.length)] as FaultKind, random, options, request);
  };
}

function drawn(kind: FaultKind, random: Random, options: SeededFaultsOptions, { endpoint }: FaultRequest): Fault {
  const fraction = random.below(THOUSAND) / THOUSAND;
  const { stallMs = 20, retryAfter = 0 } = options;
  switch (kind) {
    case 'reset':
      return random.below(3) === 0 ? { kind } : { kind, fraction };
    case 'stall':
      return { kind, fraction, ...(stallMs === null ? {} : { ms: stallMs }) };
    case 'status': {
      const status = STATUSES[random.below(STATUSES.length)] as number;
      const body = BODIES[random.below(BODIES.length)] as ErrorBody;
      const told = status === 429 && random.below(2) === 0;
      return { kind, status, body, ...(told ? { retryAfter } : {}) };
    }
    case 'trickle':
      return { kind, bytes: 1 + random.below(65_536), ms: 1 };
    case 'headers':
      return { kind, headers: { 'X-Warning': 'not json' } };
    case 'corrupt':
    case 'short':
      // What is not a stream of frames or records has no checksum that would tell.
      if (endpoint !== 'timeseries.get_range') return { kind: 'cut', fraction };
      return { kind, fraction };
    case 'revise':
      return { kind };
    default:
      return { kind: 'cut', fraction };
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
