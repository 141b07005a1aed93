import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskArchive } from '../../src/adapters/archive/index.js';
import {
  ApiKey,
  Gateway as GatewayAddress,
  HistoricalClient,
  NodeTransport,
} from '../../src/adapters/databento/index.js';
import { decompress, salvage, type ZstdRung } from '../../src/adapters/zstd/index.js';
import type { ArchiveEntry } from '../../src/core/archive/archive.js';
import { fetchRange } from '../../src/core/historical/fetch-range.js';
import type { FetchedEntry, FetchOrder } from '../../src/core/historical/fetch-order.js';
import type { RangeRequest } from '../../src/core/historical/range-request.js';
import type { Spending } from '../../src/core/historical/spending.js';
import type { Usd } from '../../src/core/historical/usd.js';
import { TickloomError } from '../../src/core/errors/index.js';
import { parseNanos } from '../../src/core/text/parse-nanos.js';
import { STAND_IN_KEY } from '../../src/testing/gateway/index.js';

/** A client whose waits between tries take no time. */
export function fastClient(address: string, readTimeoutMs = 2_000): HistoricalClient {
  return new HistoricalClient({
    key: ApiKey.parse(STAND_IN_KEY, 'the test'),
    gateway: GatewayAddress.parse(address),
    transport: new NodeTransport({ readTimeoutMs }),
    clock: { now: () => new Date(), monotonicMs: () => performance.now(), sleep: async () => undefined },
    retries: { retries: 10, minDelayMs: 1, maxDelayMs: 2 },
  });
}

/** Money with a cap, and what was asked of it. */
export class Purse implements Spending {
  spent: Usd = 0n;
  reserved: Usd = 0n;
  readonly reservations: Usd[] = [];
  constructor(private readonly cap: Usd | null = null) {}

  reserve(estimate: Usd): { settle(spent: Usd): void } {
    if (this.cap !== null && this.spent + this.reserved + estimate > this.cap) {
      throw new TickloomError('COST_CAP', 'the cap would be passed');
    }
    this.reservations.push(estimate);
    this.reserved += estimate;
    return {
      settle: (spent) => {
        this.reserved -= estimate;
        this.spent += spent;
      },
    };
  }
}

/** An archive in a folder of its own, filled from a gateway. */
export class FetchHarness {
  readonly warnings: string[] = [];
  readonly purse: Purse;
  bytes = 0;

  private constructor(
    readonly folder: string,
    readonly client: HistoricalClient,
    readonly archive: DiskArchive,
    cap: Usd | null,
    private readonly rung: ZstdRung | undefined,
  ) {
    this.purse = new Purse(cap);
  }

  /** @param options `rung`: without the programs that the best one may need for each answer */
  static async open(
    address: string,
    options: { cap?: Usd; readTimeoutMs?: number; rung?: ZstdRung } = {},
  ): Promise<FetchHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-archive-'));
    const client = fastClient(address, options.readTimeoutMs);
    return new FetchHarness(
      folder,
      client,
      new DiskArchive(join(folder, 'archive')),
      options.cap ?? null,
      options.rung,
    );
  }

  async fetch(request: RangeRequest, more: Partial<FetchOrder> & { tries?: number } = {}): Promise<ArchiveEntry> {
    return (await this.buy(request, more)).entry;
  }

  async buy(request: RangeRequest, more: Partial<FetchOrder> & { tries?: number } = {}): Promise<FetchedEntry> {
    const estimate = more.estimate ?? {
      costUsd: await this.client.cost(request),
      sizeBytes: await this.client.billableSize(request),
      records: await this.client.recordCount(request),
    };
    return fetchRange(
      {
        request,
        conditions: [],
        onWarning: (text) => this.warnings.push(text),
        onBytes: (count) => (this.bytes += count),
        ...more,
        estimate,
      },
      {
        api: this.client,
        archive: this.archive,
        spending: this.purse,
        decompress: (source) => decompress(source, this.rung === undefined ? {} : { rung: this.rung }),
        salvage,
        retry: { tries: more.tries ?? 5, minTimeout: 1, maxTimeout: 5 },
      },
    );
  }

  /** The entry's stream, uncompressed. */
  async content(entry: ArchiveEntry): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of decompress(this.archive.open(entry))) pieces.push(Uint8Array.from(piece));
    return Buffer.concat(pieces);
  }

  async close(): Promise<void> {
    this.client.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function requestOf(
  values: Partial<Omit<RangeRequest, 'start' | 'end'>> & { start?: string; end?: string },
): RangeRequest {
  const { start = '2024-01-08', end = '2024-01-09', ...rest } = values;
  return {
    dataset: 'GLBX.MDP3',
    schema: 'trades',
    stypeIn: 'continuous',
    symbols: ['ES.c.0', 'NQ.c.0'],
    limit: null,
    ...rest,
    start: parseNanos('start', start),
    end: parseNanos('end', end),
  };
}
