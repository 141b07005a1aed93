import type { EndingSignal } from './early-signals.js';

/** A terminal that goes away (SIGHUP) ends a command as a request to terminate does. */
const EXIT_CODES: Readonly<Record<EndingSignal, 130 | 143>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 };

/**
 * Under `npm run` and `npx` one ^C arrives twice: from the terminal, which signals the whole process group, and from
 * npm, which passes on what it gets itself. Within this time two signals are one.
 */
const NPM_ECHO_MS = 300;

export interface InterruptOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to tell a person. */
  readonly notice: (text: string) => void;
  /** Ends the process at once. */
  readonly quit: (code: number) => void;
  readonly now?: () => number;
}

/**
 * Turns signals of the system into an abort: the first one lets the command in hand end tidily, the second one ends
 * the process at once, as does the first while no command has taken {@link Interrupts.signal}.
 */
export class Interrupts {
  readonly #controller = new AbortController();
  readonly #options: InterruptOptions;
  readonly #echoMs: number;
  #first: { readonly signal: EndingSignal; readonly at: number } | undefined;
  #taken = false;

  constructor(options: InterruptOptions) {
    this.#options = options;
    const { env } = options;
    const underNpm = [env['npm_lifecycle_event'], env['npm_execpath'], env['npm_command']].some((value) => value);
    this.#echoMs = underNpm ? NPM_ECHO_MS : 0;
  }

  /** `early`: what came before anybody listened. */
  listen(early: readonly EndingSignal[] = []): void {
    for (const signal of Object.keys(EXIT_CODES) as EndingSignal[]) process.on(signal, () => this.receive(signal));
    for (const signal of early) this.receive(signal);
  }

  /** For the command that runs: aborted when it is to come to an end. */
  get signal(): AbortSignal {
    this.#taken = true;
    return this.#controller.signal;
  }

  /** The exit code that the first signal asks for, or `undefined` when there was none. */
  get exitCode(): 130 | 143 | undefined {
    return this.#first && EXIT_CODES[this.#first.signal];
  }

  receive(signal: EndingSignal): void {
    const at = (this.#options.now ?? performance.now.bind(performance))();
    if (this.#first === undefined) {
      this.#first = { signal, at };
      if (!this.#taken) {
        this.#options.quit(EXIT_CODES[signal]);
        return;
      }
      if (signal === 'SIGINT')
        this.#options.notice('interrupted: coming to an end; press Ctrl-C again to stop at once');
      this.#controller.abort();
    } else if (at - this.#first.at >= this.#echoMs) {
      this.#options.quit(EXIT_CODES[this.#first.signal]);
    }
  }
}
