import { isIPv4 } from 'node:net';
import { TickloomError } from '../../core/errors/index.js';

export const DEFAULT_GATEWAY = 'https://hist.databento.com';

/** The one version of the API there is. */
const API_PATH = '/v0/';

/**
 * Where the Historical API is. The key goes to this origin and to no other.
 */
export class Gateway {
  /** For people: never holds credentials. */
  readonly address: string;
  readonly origin: string;
  readonly #prefix: string;

  private constructor(url: URL) {
    this.origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.address = this.origin + this.#prefix;
  }

  /**
   * @param text `https://host[:port][/prefix]`; `http:` for this machine alone, because the key would be readable on the way
   * @throws CONFIG_INVALID, which repeats nothing of an address that may hold a password
   */
  static parse(text: string): Gateway {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) throw refusal('the address of the gateway cannot be read, expected https://host');
    if (url.username !== '' || url.password !== '') {
      throw refusal('the address of the gateway holds a user or a password, expected https://host');
    }
    if (url.origin === 'null') throw refusal('the address of the gateway does not begin with https://');
    const shown = `the address of the gateway is "${url.origin}"`;
    if (url.search !== '' || url.hash !== '' || /[?#]$/.test(text)) {
      throw refusal(`${shown} with a query or a fragment, expected https://host`);
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refusal(`${shown}, expected https://host`);
    if (!isSafe(url)) throw refusal(`${shown}, expected https:// (http:// is for this machine alone)`);
    return new Gateway(url);
  }

  /** Address of an endpoint, e.g. of `metadata.get_cost`. */
  urlOf(endpoint: string): URL {
    return new URL(`${this.address}${API_PATH}${endpoint}`);
  }

  /**
   * Address of a batch file on this gateway. Of the vendor's address only the path is used, so that the key never goes
   * to a host that a reply names.
   */
  urlOfDownload(vendorUrl: string): URL {
    const { pathname } = new URL(vendorUrl, this.origin);
    return new URL(this.address + pathname);
  }
}

/** Whether nobody on the way can read what is sent there: TLS, or this machine itself. */
export function isSafe(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  const host = url.hostname;
  const loopback = host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
  return url.protocol === 'http:' && loopback;
}

function refusal(message: string): TickloomError {
  return new TickloomError('CONFIG_INVALID', message, {
    hint: `Leave it out for ${DEFAULT_GATEWAY}, or correct --gateway or DATABENTO_GATEWAY.`,
    context: { setting: 'gateway' },
  });
}
