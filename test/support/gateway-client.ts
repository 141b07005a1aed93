import { decompress } from '../../src/adapters/zstd/index.js';
import { DbnDecoder, decodeStream, type Metadata } from '../../src/core/dbn/index.js';
import { STAND_IN_KEY, type Gateway } from '../../src/testing/index.js';

export type Parameters = Readonly<Record<string, string>>;

/** A body, decoded. */
export interface Decoded {
  readonly metadata: Metadata;
  /** Each record in hex, in order. */
  readonly records: string[];
}

export const basic = (key: string, password = ''): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}`,
});

/** Plain HTTP requests to a gateway: nothing of our own client. */
export class GatewayClient {
  constructor(
    readonly gateway: Gateway,
    private readonly defaults: Parameters = { dataset: 'GLBX.MDP3' },
    private readonly headers: Record<string, string> = basic(STAND_IN_KEY),
  ) {}

  get(path: string, parameters: Parameters = {}, headers: Record<string, string> = {}): Promise<Response> {
    const query = new URLSearchParams({ ...this.defaults, ...parameters }).toString();
    return fetch(`${this.gateway.url}/v0/${path}?${query}`, { headers: { ...this.headers, ...headers } });
  }

  post(path: string, parameters: Parameters = {}): Promise<Response> {
    const body = new URLSearchParams({ ...this.defaults, ...parameters });
    return fetch(`${this.gateway.url}/v0/${path}`, { method: 'POST', body, headers: this.headers });
  }

  async json<T>(path: string, parameters: Parameters = {}): Promise<T> {
    return (await (await this.get(path, parameters)).json()) as T;
  }

  /** get_range as DBN. */
  range(parameters: Parameters): Promise<Response> {
    return this.post('timeseries.get_range', { encoding: 'dbn', compression: 'zstd', ...parameters });
  }

  async decoded(parameters: Parameters): Promise<Decoded> {
    const response = await this.range(parameters);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return decodeBytes(new Uint8Array(await response.arrayBuffer()));
  }

  /** Status and case, or what stands in its place. */
  async refusal(path: string, parameters: Parameters = {}): Promise<[number, unknown]> {
    const response = await this.post(path, parameters);
    const { detail } = (await response.json()) as { detail: unknown };
    const name = typeof detail === 'object' && detail !== null && 'case' in detail ? detail.case : detail;
    return [response.status, name];
  }
}

export async function decodeBytes(bytes: Uint8Array): Promise<Decoded> {
  const decoder = new DbnDecoder();
  const records: string[] = [];
  const pieces = (async function* () {
    yield bytes;
  })();
  for await (const batch of decodeStream(decompress(pieces), decoder)) {
    for (let index = 0; index < batch.count; index += 1) {
      const at = batch.offsets[index] as number;
      const size = (batch.bytes[at] as number) * 4;
      records.push(Buffer.from(batch.bytes.subarray(at, at + size)).toString('hex'));
    }
  }
  return { metadata: decoder.metadata as Metadata, records };
}
