/** The name of a file that a job was split into: `glbx-mdp3-20240101.trades.0003.dbn.zst` is number 3. */
export interface PartName {
  readonly stem: string;
  readonly number: number;
  readonly ending: string;
}

const PART = /^(?<stem>.+\.)(?<digits>\d{4})(?<ending>\.dbn(?:\.zst)?)$/i;

/** `undefined` for a name that is not numbered in the vendor's way. */
export function parsePartName(name: string): PartName | undefined {
  const { stem = '', digits = '', ending = '' } = PART.exec(name)?.groups ?? {};
  return digits === '' ? undefined : { stem, number: Number(digits), ending };
}

export function formatPartName({ stem, number, ending }: PartName): string {
  return `${stem}${String(number).padStart(4, '0')}${ending}`;
}

/** True for names of parts of one job. */
export function isSameJob(a: PartName, b: PartName | undefined): boolean {
  return a.stem === b?.stem && a.ending === b.ending;
}
