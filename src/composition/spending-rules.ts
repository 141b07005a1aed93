/** What a purchase would cost, before anything is bought. */
export interface PurchaseOffer {
  /** Exact decimal text, US dollars. */
  readonly costUsd: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  readonly records: number;
  /** Requests that would be sent. */
  readonly chunks: number;
}

/** What a run may spend. Amounts are decimal text in US dollars. */
export interface SpendingRules {
  /** Refuse the whole run when it is estimated to cost more. */
  readonly maxCost?: string;
  /** What may be spent when nobody is asked and no cap is given; default 5. */
  readonly maxUnattendedCost?: string;
  /** Buy without asking. */
  readonly yes?: boolean;
  /** Asks a person; absent where there is none. A no buys nothing. */
  readonly confirm?: (offer: PurchaseOffer) => Promise<boolean>;
}
