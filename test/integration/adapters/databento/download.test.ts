import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BatchFile, DownloadedFile } from '../../../../src/adapters/databento/index.js';
import type { DownloadOptions } from '../../../../src/adapters/databento/index.js';
import { clientOf, TEST_KEY, type TestClientOptions } from '../../../support/historical-client.js';
import { ScriptedGateway, json, reset, type Answer } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

const CONTENT = randomBytes(300_000);
const NAME = 'glbx-mdp3-20240110.trades.dbn.zst';
const PATH = '/v0/batch/download/U1/GLBX-20240110-5DEFXVTMSM/' + NAME;
const FILE: BatchFile = {
  filename: NAME,
  size: CONTENT.byteLength,
  hash: `sha256:${createHash('sha256').update(CONTENT).digest('hex')}`,
  urls: `https://api.databento.com${PATH}`,
};

/** The file as the service gives it: whole, or from a position on. */
const served =
  (content: Uint8Array = CONTENT): Answer =>
  (response, { headers }) => {
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    if (headers.range === undefined) return response.writeHead(200).end(content);
    if (start >= content.byteLength) return response.writeHead(416).end();
    const range = `bytes ${start}-${content.byteLength - 1}/${content.byteLength}`;
    return response.writeHead(206, { 'Content-Range': range, 'Accept-Ranges': 'bytes' }).end(content.subarray(start));
  };

/** Some bytes more of what is asked for, and then the connection ends. */
const servedAndCut =
  (bytes: number): Answer =>
  async (response, { headers, socket }) => {
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(headers.range === undefined ? 200 : 206, {
      'Content-Length': CONTENT.byteLength - start,
      'Content-Range': `bytes ${start}-${CONTENT.byteLength - 1}/${CONTENT.byteLength}`,
    });
    await new Promise((resolve) => response.write(CONTENT.subarray(start, start + bytes), resolve));
    socket.end();
  };

/** The whole file, whatever was asked for. */
const ignoringRange: Answer = (response) => response.writeHead(200).end(CONTENT);

describe('the download of a batch file', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'tickloom-download-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  interface Tried {
    readonly gateway: ScriptedGateway;
    readonly warnings: readonly string[];
    readonly retries: readonly string[];
  }

  async function tryDownload<T>(
    answers: readonly Answer[],
    work: (download: (file?: BatchFile, options?: DownloadOptions) => Promise<DownloadedFile>) => Promise<T>,
    options?: TestClientOptions,
  ): Promise<Tried & { readonly result: T }> {
    const gateway = await ScriptedGateway.start(...answers);
    const { client, warnings, retries } = clientOf(gateway, options);
    try {
      const result = await work((file = FILE, given = {}) => client.batch.downloadFile(file, folder, given));
      return { gateway, warnings, retries, result };
    } finally {
      client.close();
      await gateway.close();
    }
  }

  const partial = (): string => join(folder, `.${NAME}.partial`);
  const ranges = ({ gateway }: Tried): unknown[] => gateway.requests.map(({ headers }) => headers.range);

  it('brings the file into the folder, from its path on the own gateway', async () => {
    const seen: number[] = [];
    const tried = await tryDownload([served()], (download) => download(FILE, { onBytes: (bytes) => seen.push(bytes) }));
    const { path, ...rest } = tried.result;
    expect(rest).to.deep.equal({ bytes: CONTENT.byteLength, sha256: FILE.hash?.slice(7), alreadyThere: false });
    expect(CONTENT.equals(await readFile(path))).to.equal(true);
    expect(await readdir(folder)).to.deep.equal([NAME]);
    expect(tried.gateway.lastRequest.path).to.equal(PATH);
    const basic = Buffer.from(`${TEST_KEY}:`).toString('base64');
    expect(tried.gateway.lastRequest.headers.authorization).to.equal(`Basic ${basic}`);
    expect(seen.reduce((sum, bytes) => sum + bytes, 0)).to.equal(CONTENT.byteLength);
  });

  it('makes the folder, and takes a file without a byte', async () => {
    folder = join(folder, 'a', 'b');
    const empty = { ...FILE, size: 0, hash: `sha256:${createHash('sha256').digest('hex').toUpperCase()}` };
    const { result, gateway } = await tryDownload([served()], (download) => download(empty));
    expect(await readFile(result.path, 'utf8')).to.equal('');
    expect(gateway.requests).to.deep.equal([]);
    folder = join(folder, '..', '..');
  });

  it('fetches nothing of what is there already', async () => {
    await writeFile(join(folder, NAME), CONTENT);
    const { result, gateway } = await tryDownload([served()], (download) => download());
    expect(result.alreadyThere).to.equal(true);
    expect(gateway.requests).to.deep.equal([]);
  });

  it('overwrites no other file of that name', async () => {
    await writeFile(join(folder, NAME), 'mine');
    const { result } = await tryDownload([served()], (download) => rejected(download()));
    expect(result.code).to.equal('OUTPUT_UNWRITABLE');
    expect(await readFile(join(folder, NAME), 'utf8')).to.equal('mine');
  });

  it('goes on where a connection broke, as often as it gets further', async () => {
    const cuts = Array.from({ length: 8 }, () => servedAndCut(30_000));
    const tried = await tryDownload([...cuts, served()], (download) => download());
    expect(CONTENT.equals(await readFile(tried.result.path))).to.equal(true);
    expect(ranges(tried)).to.deep.equal([
      undefined,
      ...Array.from({ length: 8 }, (_, index) => `bytes=${(index + 1) * 30_000}-299999`),
    ]);
  });

  it('goes on from what an earlier run has left', async () => {
    await writeFile(partial(), CONTENT.subarray(0, 123_456));
    const tried = await tryDownload([served()], (download) => download());
    expect(ranges(tried)).to.deep.equal(['bytes=123456-299999']);
    expect(CONTENT.equals(await readFile(tried.result.path))).to.equal(true);
  });

  it('needs nothing more when all of it has been left', async () => {
    await writeFile(partial(), CONTENT);
    const { gateway } = await tryDownload([served()], (download) => download());
    expect(gateway.requests).to.deep.equal([]);
    expect(await readdir(folder)).to.deep.equal([NAME]);
  });

  it('begins again when what was left is too long, or wrong', async () => {
    await writeFile(partial(), randomBytes(300_001));
    const long = await tryDownload([served()], (download) => download());
    expect(ranges(long)).to.deep.equal([undefined]);
    await rm(join(folder, NAME));
    await writeFile(partial(), randomBytes(1000));
    const wrong = await tryDownload([served()], (download) => download());
    expect(ranges(wrong)).to.deep.equal(['bytes=1000-299999', undefined]);
    expect(CONTENT.equals(await readFile(wrong.result.path))).to.equal(true);
  });

  it('takes a 200 for the whole file, whatever it asked for', async () => {
    const tried = await tryDownload([servedAndCut(1000), ignoringRange], (download) => download());
    expect(ranges(tried)).to.deep.equal([undefined, 'bytes=1000-299999']);
    expect(CONTENT.equals(await readFile(tried.result.path))).to.equal(true);
  });

  it('begins again once when the service cannot go on from there', async () => {
    const elsewhere: Answer = (response) => response.writeHead(206, { 'Content-Range': 'bytes 7-9/10' }).end('abc');
    const nowhere: Answer = (response) => response.writeHead(206).end('abc');
    const past: Answer = (response) => response.writeHead(416, { 'Content-Range': 'bytes */10' }).end();
    for (const answer of [elsewhere, nowhere, past]) {
      await rm(join(folder, NAME), { force: true });
      await writeFile(partial(), CONTENT.subarray(0, 500));
      const tried = await tryDownload([answer, served()], (download) => download());
      expect(ranges(tried)).to.deep.equal(['bytes=500-299999', undefined]);
      expect(CONTENT.equals(await readFile(tried.result.path))).to.equal(true);
      await rm(join(folder, NAME));
      await writeFile(partial(), CONTENT.subarray(0, 500));
      const { result } = await tryDownload([answer], (download) => rejected(download()));
      expect(result.code).to.equal('DOWNLOAD_CORRUPT');
      expect(result.message).to.contain('where its bytes belong');
    }
  });

  it('is tried again a few times when it gets no further', async () => {
    const { result, gateway } = await tryDownload([servedAndCut(1000), reset], (download) => rejected(download()));
    expect(result.code).to.equal('SOURCE_UNAVAILABLE');
    expect(gateway.requests).to.have.lengthOf(4);
    // what arrived stays for the next run
    expect(CONTENT.subarray(0, 1000).equals(await readFile(partial()))).to.equal(true);
  });

  it('is corrupt when its SHA-256 is another, and nothing of it stays', async () => {
    const other = Buffer.from(CONTENT);
    other[17] = (other[17] ?? 0) ^ 1;
    const { result, gateway } = await tryDownload([served(other)], (download) => rejected(download()));
    expect(result.code).to.equal('DOWNLOAD_CORRUPT');
    expect(result.action).to.equal('fail-chunk');
    expect(result.message).to.contain(`batch.download of "${NAME}" cannot be used: its SHA-256 is not`);
    expect(gateway.requests).to.have.lengthOf(1);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('is corrupt when it is longer or shorter than the service says', async () => {
    const longer = await tryDownload([served(Buffer.concat([CONTENT, CONTENT]))], (download) => rejected(download()));
    expect(longer.result.code).to.equal('DOWNLOAD_CORRUPT');
    expect(longer.result.message).to.contain('more came than the 300000 bytes');
    await rm(partial());
    const shorter = await tryDownload([served(CONTENT.subarray(0, 9))], (download) => rejected(download()));
    expect(shorter.result.code).to.equal('DOWNLOAD_CORRUPT');
    expect(shorter.result.message).to.contain('it ends after 9 of 300000 bytes');
    expect(await readdir(folder)).to.deep.equal([`.${NAME}.partial`]);
  });

  it('is checked by its size alone when there is no hash of a known kind', async () => {
    const { result } = await tryDownload([served()], (download) => download({ ...FILE, hash: null }));
    expect(result.sha256).to.equal(null);
    await rm(result.path);
    const { warnings } = await tryDownload([served()], (download) => download({ ...FILE, hash: 'md5:00' }));
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.contain('md5:00');
  });

  for (const filename of [
    '../x',
    'a/b',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a\\b',
    'C:x',
    'a\u0000b',
    'a\nb',
    'x'.repeat(201),
  ]) {
    it(`writes nothing for a name that leads elsewhere: ${JSON.stringify(filename.slice(0, 20))}`, async () => {
      const { result, gateway } = await tryDownload([served()], (download) =>
        rejected(download({ ...FILE, filename })),
      );
      expect(result.code).to.equal('DOWNLOAD_CORRUPT');
      expect(gateway.requests).to.deep.equal([]);
      expect(await readdir(folder)).to.deep.equal([]);
    });
  }

  it('says when it cannot write', async () => {
    await mkdir(partial());
    const { result } = await tryDownload([served()], (download) => rejected(download()));
    expect(result.code).to.equal('OUTPUT_UNWRITABLE');
    expect(result.context.system_code).to.equal('EISDIR');
    const inFile = join(folder, 'file');
    await writeFile(inFile, '');
    const root = folder;
    folder = inFile;
    const blocked = await tryDownload([served()], (download) => rejected(download()));
    folder = root;
    expect(blocked.result.code).to.equal('OUTPUT_UNWRITABLE');
    expect(blocked.result.context.system_code).to.equal('ENOTDIR');
  });

  it('says when it cannot write in the middle, and does not try again', async () => {
    // A folder takes the place of the file once it is there in part.
    const answer: Answer = async (response, request) => {
      await mkdir(join(folder, NAME));
      return served()(response, request);
    };
    const { result, gateway } = await tryDownload([answer], (download) => rejected(download()));
    expect(result.code).to.equal('OUTPUT_UNWRITABLE');
    expect(gateway.requests).to.have.lengthOf(1);
  });

  it('says when the files of the job are gone', async () => {
    const { result } = await tryDownload([json({ detail: 'expired' }, 410)], (download) => rejected(download()));
    expect(result.code).to.equal('REQUEST_REJECTED');
    expect(result.message).to.contain('the files are no longer kept');
  });

  it('keeps what arrived when it is cancelled', async () => {
    const stop = new AbortController();
    const { result } = await tryDownload([servedAndCut(5000), () => stop.abort()], (download) =>
      rejected(download(FILE, { signal: stop.signal })),
    );
    expect(result.code).to.equal('CANCELLED');
    expect((await readFile(partial())).byteLength).to.equal(5000);
  });

  it('may be done by two at once', async () => {
    const { result } = await tryDownload([served()], (download) => Promise.all([download(), download()]));
    expect(result).to.have.lengthOf(2);
    expect(CONTENT.equals(await readFile(join(folder, NAME)))).to.equal(true);
    expect(await readdir(folder)).to.deep.equal([NAME]);
  });
});
