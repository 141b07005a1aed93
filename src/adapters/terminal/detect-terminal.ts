/** The part of a tty stream that is looked at. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a stream can show. */
export interface TerminalTraits {
  /** A terminal whose lines can be drawn over. */
  readonly redrawable: boolean;
  /** Redrawable, and a person is likely to look at it: not a build server. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Characters beyond ASCII (bars, ellipsis, dots) come out right. */
  readonly unicode: boolean;
  /** Narrowing the window breaks lines anew instead of cutting them. */
  readonly reflows: boolean;
  /** Columns at this moment, or `undefined` when the stream is no terminal: then nothing is cut. */
  readonly columns: () => number | undefined;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
const isTrue = (value: string | undefined): boolean => isSet(value) && value !== '0' && value !== 'false';

function wantsColor(stream: TerminalStream, env: Environment, dumb: boolean): boolean {
  if (isSet(env['FORCE_COLOR'])) return isTrue(env['FORCE_COLOR']);
  if (isSet(env['NO_COLOR']) || dumb || isTrue(env['CI'])) return false;
  return stream.isTTY === true;
}

function showsUnicode(env: Environment, platform: string): boolean {
  if (platform === 'win32') return isSet(env['WT_SESSION']) || isSet(env['TERM_PROGRAM']);
  if (env['TERM'] === 'linux') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  return locale !== undefined && /utf-?8/i.test(locale);
}

/**
 * Reads a stream's abilities from the stream and the environment: `FORCE_COLOR` before `NO_COLOR`, `TERM=dumb` and
 * `CI` honoured, characters by the locale.
 */
export function detectTerminal(stream: TerminalStream, env: Environment, platform: string): TerminalTraits {
  const dumb = env['TERM'] === 'dumb';
  const redrawable = stream.isTTY === true && !dumb;
  return {
    redrawable,
    interactive: redrawable && !isTrue(env['CI']),
    color: wantsColor(stream, env, dumb),
    unicode: showsUnicode(env, platform),
    reflows: env['TERM'] !== 'linux' && !isSet(env['XTERM_VERSION']) && !isSet(env['STY']),
    // a terminal that nobody has told its size says 0
    columns: () => (stream.isTTY === true ? stream.columns || 80 : undefined),
  };
}
