/** A source of a dataset's records. */
export interface Publisher {
  readonly publisher_id: number;
  readonly dataset: string;
  readonly venue: string;
  readonly description: string;
}

/** Datasets of one venue, with the number and the name of their publisher. */
const PUBLISHERS: readonly (readonly [number, string, string, string])[] = [
  [1, 'GLBX.MDP3', 'GLBX', 'CME Globex MDP 3.0'],
  [2, 'XNAS.ITCH', 'XNAS', 'Nasdaq TotalView-ITCH'],
  [3, 'XBOS.ITCH', 'XBOS', 'Nasdaq Texas TotalView-ITCH'],
  [4, 'XPSX.ITCH', 'XPSX', 'Nasdaq PSX TotalView-ITCH'],
  [5, 'BATS.PITCH', 'BATS', 'Cboe BZX Depth'],
  [57, 'IFEU.IMPACT', 'IFEU', 'ICE Europe Commodities'],
  [97, 'IFUS.IMPACT', 'IFUS', 'ICE Futures US'],
  [101, 'XEUR.EOBI', 'XEUR', 'Eurex EOBI'],
];

/** The publishers of a dataset; for one that is not known here the first part of its code. */
export function publishersOf(dataset: string): Publisher[] {
  const known = PUBLISHERS.filter(([, code]) => code === dataset);
  const entries = known.length > 0 ? known : [[1, dataset, dataset.split('.')[0] as string, dataset] as const];
  return entries.map(([publisher_id, code, venue, description]) => ({
    publisher_id,
    dataset: code,
    venue,
    description,
  }));
}
