import { Char, MarketRecord, Nanos, Price, Record, Uint32, Uint8 } from 'tickloom/plugin/core';

/** One message about the orders of an auction: what pairs at which price, and what is left over. */
@Record({ dbn: 'imbalance' })
export class AuctionImbalance extends MarketRecord {
  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Price({ description: 'Price at which the imbalance is computed.' })
  ref_price!: bigint | null;

  @Nanos({ description: 'Projected time of the auction.' })
  auction_time!: bigint | null;

  @Price({ description: 'Hypothetical clearing price of cross and continuous orders.' })
  cont_book_clr_price!: bigint | null;

  @Price({ description: 'Hypothetical clearing price of cross orders only.' })
  auct_interest_clr_price!: bigint | null;

  @Price({ description: 'Price for short sell interest under a short sale restriction.' })
  ssr_filling_price!: bigint | null;

  @Price({ description: 'Price at which most shares would trade, within the collars.' })
  ind_match_price!: bigint | null;

  @Price({ description: 'Upper collar.' })
  upper_collar!: bigint | null;

  @Price({ description: 'Lower collar.' })
  lower_collar!: bigint | null;

  @Uint32({ description: 'Shares matched at ref_price.' })
  paired_qty!: number | null;

  @Uint32({ description: 'Shares not matched at ref_price.' })
  total_imbalance_qty!: number | null;

  @Uint32({ description: 'Imbalance of market orders at ref_price.' })
  market_imbalance_qty!: number | null;

  @Uint32({ description: 'Closing auction: unpaired shares at or better than ref_price.' })
  unpaired_qty!: number | null;

  @Char({ description: "The venue's letter for the auction." })
  auction_type!: string | null;

  @Char({ description: 'Side of total_imbalance_qty: A ask, B bid, N none.' })
  side!: string | null;

  @Uint8({ description: "The venue's code for the auction's state." })
  auction_status!: number;

  @Uint8({ description: "The venue's code for a freeze." })
  freeze_status!: number;

  @Uint8({ description: 'How often the halt was extended.' })
  num_extensions!: number;

  @Char({ description: 'Side of unpaired_qty: A ask, B bid, N none.' })
  unpaired_side!: string | null;

  @Char({ description: "The venue's letter for a significant imbalance; at Nasdaq for the variation of the price." })
  significant_imbalance!: string | null;
}
