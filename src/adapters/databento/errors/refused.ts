import type { ErrorCode } from '../../../core/errors/index.js';
import type { ErrorBody } from './error-body.js';

/** What a status means, in words that stand between "what failed" and what the service itself says. */
export interface Verdict {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
  readonly temporary: boolean;
}

const KEY_HINT = 'Check the key in DATABENTO_API_KEY or in the key file against https://databento.com/portal/keys.';
const LATER_HINT = 'Run the same command again later.';

/** Cases of which the status alone says too little. */
const BY_CASE: Readonly<Record<string, Pick<Verdict, 'why' | 'hint'>>> = {
  license_not_found_unauthorized: {
    why: 'the account has no licence for these data',
    hint: 'Take out the licence at https://databento.com/portal, or ask for a dataset that the account has.',
  },
  account_insufficient_funds: {
    why: 'the account has not enough credit',
    hint: 'Add credit or a payment method at https://databento.com/portal, then run the same command again.',
  },
  auth_account_locked: {
    why: 'the account is locked',
    hint: "Write to Databento's support and quote the request id.",
  },
};

/** The same for rejected requests. */
const REJECTED_BY_CASE: Readonly<Record<string, Pick<Verdict, 'why' | 'hint'>>> = {
  dataset_unavailable_range: {
    why: 'the account may not have all of the range',
    hint: 'Change the range to what the account has, or take out the subscription at https://databento.com/portal.',
  },
};

const ACCESS: Readonly<Record<number, Pick<Verdict, 'why' | 'hint'>>> = {
  401: { why: 'the service does not accept the API key', hint: KEY_HINT },
  402: {
    why: 'the account has no funds for it, or a payment failed',
    hint: 'Look at https://databento.com/portal, then run the same command again.',
  },
  403: {
    why: 'the API key has no permission for it',
    hint: 'Check what the account is entitled to at https://databento.com/portal.',
  },
};

const TEMPORARY: Readonly<Record<number, string>> = {
  408: 'the service waited too long for the request',
  429: 'the service asks for fewer requests',
  502: 'the gateway got no good answer from behind it',
  503: 'the service is offline or overloaded',
  504: 'the gateway got no answer in time from behind it',
};

const REJECTED: Readonly<Record<number, Pick<Verdict, 'why' | 'hint'>>> = {
  404: { why: 'the service knows nothing of that name', hint: 'Check the names in the request, and the gateway.' },
  410: {
    why: 'the files are no longer kept',
    hint: 'Submit the batch job again; its files are kept for about 30 days.',
  },
};

/** What Tickloom makes of a reply that is no success. */
export function verdictOf(status: number, body: ErrorBody): Verdict {
  const access = ACCESS[status];
  if (access !== undefined) {
    return { code: 'ACCESS_DENIED', ...access, ...knownCase(BY_CASE, body), temporary: false };
  }
  if (status === 408 || status === 429 || status >= 500) {
    const why = TEMPORARY[status] ?? 'the service met an unexpected condition';
    return { code: 'SOURCE_UNAVAILABLE', why, hint: LATER_HINT, temporary: true };
  }
  const hint = body.docs === null ? 'Correct the request.' : `Correct the request; see ${body.docs}.`;
  return {
    code: 'REQUEST_REJECTED',
    why: 'the service rejects the request',
    hint,
    ...REJECTED[status],
    ...knownCase(REJECTED_BY_CASE, body),
    temporary: false,
  };
}

function knownCase<T>(cases: Readonly<Record<string, T>>, body: ErrorBody): T | undefined {
  return body.case !== null && Object.hasOwn(cases, body.case) ? cases[body.case] : undefined;
}
