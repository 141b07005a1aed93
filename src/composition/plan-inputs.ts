import type { PlanPorts } from '../core/historical/plan-range.js';

type Stores = Pick<PlanPorts, 'ledger' | 'archive'>;

/** What database and archive said while a plan was made: says whether they would say the same now. */
export class PlanInputs {
  readonly #answers: { readonly said: string; readonly ask: () => Promise<string> }[] = [];

  /** The same, remembered. */
  remembering({ ledger, archive }: Stores): Stores {
    return {
      ledger: { covered: (...asked) => this.#remembered(() => ledger.covered(...asked), textOf) },
      archive: {
        list: (filter) =>
          this.#remembered(
            () => archive.list(filter),
            (entries) => textOf(entries.map(({ id, archivedAt }) => [id, archivedAt])),
          ),
      },
    };
  }

  async haveChanged(): Promise<boolean> {
    for (const { said, ask } of this.#answers) if ((await ask()) !== said) return true;
    return false;
  }

  async #remembered<T>(ask: () => Promise<T>, text: (answer: T) => string): Promise<T> {
    const answer = await ask();
    this.#answers.push({ said: text(answer), ask: async () => text(await ask()) });
    return answer;
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}
