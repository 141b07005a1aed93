import { Converted, Count, DecimalText, Flag, Nanos, Text } from './fields.js';

const OPTIONAL = { optional: true } as const;

/**
 * A batch job, as batch.submit_job, batch.get_job_details and batch.list_jobs tell of it. The short form of list_jobs has
 * only id, state and ts_received: what a reply does not have is null here.
 */
export class BatchJob {
  @Text() id!: string;
  /** `received`, `queued`, `processing`, `finalizing`, `done`, `expired`, `purged`, or one that the vendor adds. */
  @Text() state!: string;
  /** ns since the epoch, like all times here. */
  @Nanos() ts_received!: bigint;
  @Text(OPTIONAL) user_id!: string | null;
  /** US dollars, as the digits of the reply; null until it is processed. */
  @DecimalText(OPTIONAL) cost_usd!: string | null;
  @Text(OPTIONAL) dataset!: string | null;
  @Converted('a text or an array of texts', symbolsOf) symbols!: readonly string[] | null;
  @Text(OPTIONAL) stype_in!: string | null;
  @Text(OPTIONAL) stype_out!: string | null;
  @Text(OPTIONAL) schema!: string | null;
  @Nanos(OPTIONAL) start!: bigint | null;
  @Nanos(OPTIONAL) end!: bigint | null;
  @Count(OPTIONAL) limit!: number | null;
  @Text(OPTIONAL) encoding!: string | null;
  @Converted('a text', noneForNull) compression!: string | null;
  @Flag(OPTIONAL) pretty_px!: boolean | null;
  @Flag(OPTIONAL) pretty_ts!: boolean | null;
  @Flag(OPTIONAL) map_symbols!: boolean | null;
  @Flag(OPTIONAL) split_symbols!: boolean | null;
  @Converted('a text', noneForNull) split_duration!: string | null;
  @Count(OPTIONAL) split_size!: number | null;
  @Text(OPTIONAL) packaging!: string | null;
  @Text(OPTIONAL) delivery!: string | null;
  @Count(OPTIONAL) record_count!: number | null;
  @Count(OPTIONAL) billed_size!: number | null;
  @Count(OPTIONAL) actual_size!: number | null;
  @Count(OPTIONAL) package_size!: number | null;
  @Nanos(OPTIONAL) ts_queued!: bigint | null;
  @Nanos(OPTIONAL) ts_process_start!: bigint | null;
  @Nanos(OPTIONAL) ts_process_done!: bigint | null;
  @Nanos(OPTIONAL) ts_expiration!: bigint | null;
  /** 0 to 100. */
  @DecimalText(OPTIONAL) progress!: string | null;
}

/** One symbol or a comma list as a text, or an array. */
function symbolsOf(value: unknown): readonly string[] | undefined | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value.split(',');
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : undefined;
}

/** Null means `none` to the vendor; a short job has not the field at all, which is null here. */
function noneForNull(value: unknown): string | null | undefined {
  if (value === undefined) return null;
  if (value === null) return 'none';
  return typeof value === 'string' ? value : undefined;
}
