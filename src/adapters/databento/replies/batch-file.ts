import { Converted, Count, Text } from './fields.js';

/** One entry of batch.list_files. */
export class BatchFile {
  @Text() filename!: string;
  /** Bytes. */
  @Count() size!: number;
  /** `sha256:` and hex digits. */
  @Text({ optional: true }) hash!: string | null;
  /** The `https` address among its addresses. Only its path is used. */
  @Converted('an object with an https address', httpsOf) urls!: string;
}

function httpsOf(value: unknown): string | undefined {
  const https: unknown = typeof value === 'object' && value !== null && 'https' in value ? value.https : undefined;
  return typeof https === 'string' && URL.canParse(https) ? https : undefined;
}
