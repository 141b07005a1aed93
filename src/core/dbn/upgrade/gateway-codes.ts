/** The code of an error or system record that has none. */
export const UNSET_CODE = 255;

/** A text of version 1, which had no codes, and the code that later versions have for it. */
interface KnownText {
  readonly code: number;
  readonly equals?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
}

const ERRORS: readonly KnownText[] = [
  { code: 2, equals: 'User or API key deactivated' },
  { code: 3, equals: 'User has reached their open connection limit' },
  { code: 4, startsWith: 'Failed to resolve symbol' },
  { code: 6, equals: 'Internal error' },
  { code: 7, startsWith: 'Slow client detected for ' },
];

const SYSTEM_MESSAGES: readonly KnownText[] = [
  { code: 0, equals: 'Heartbeat' },
  { code: 4, startsWith: 'End of interval for ' },
  { code: 1, startsWith: 'Subscription request ', endsWith: ' succeeded' },
  { code: 2, startsWith: 'Warning: slow reading' },
  { code: 3, startsWith: 'Finished ', endsWith: ' replay' },
];

function codeOf(text: string, known: readonly KnownText[]): number {
  const found = known.find(
    ({ equals, startsWith = '', endsWith = '' }) =>
      (equals === undefined || text === equals) && text.startsWith(startsWith) && text.endsWith(endsWith),
  );
  return found?.code ?? UNSET_CODE;
}

/** The code for an error text of version 1, 255 when it is none of those known. */
export const errorCodeOf = (text: string): number => codeOf(text, ERRORS);

/** The code for a system message of version 1, 255 when it is none of those known. */
export const systemCodeOf = (text: string): number => codeOf(text, SYSTEM_MESSAGES);
