import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DiskArchive } from '../../../../src/adapters/archive/index.js';
import { compress, decompress } from '../../../../src/adapters/zstd/index.js';
import { archiveIdOf } from '../../../../src/core/archive/archive-id.js';
import type { ArchiveEntry } from '../../../../src/core/archive/archive.js';
import type { Download } from '../../../../src/core/archive/archive-writer.js';
import { decodeHeader } from '../../../../src/core/dbn/index.js';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import { requestOf } from '../../../support/fetching.js';
import { gathered, piecesOf } from '../../../support/pieces.js';
import { rejected } from '../../../support/thrown.js';
import { trades, tradesFile } from '../../../support/trade-file.js';
import { skipBecause } from '../../../support/skip-because.js';
import { smallDisk } from '../../../support/small-disk.js';

const REQUEST = requestOf({ symbols: ['ESH4'], stypeIn: 'raw_symbol', start: '2024-03-04', end: '2024-03-05' });
const WHOLE = tradesFile(trades(10));
const HEADER_SIZE = tradesFile([]).length;
const MODULE = fileURLToPath(new URL('../../../../src/adapters/archive/index.js', import.meta.url));

describe('the archive on disk', () => {
  let folder: string;
  let archive: DiskArchive;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-archive-'));
    archive = new DiskArchive(join(folder, 'archive'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const claimed = async (request: RangeRequest, refetch = false): Promise<Download> => {
    const { download } = await archive.claim(request, { refetch });
    if (download === null) throw new Error('the entry was there');
    return download;
  };
  const header = async () => (await decodeHeader(piecesOf(WHOLE))).headerBytes;

  /** Ten trades: an answer of six that was cut, and one of five whose first record is the sixth again. */
  const twoSegments = async (request = REQUEST): Promise<ArchiveEntry> => {
    const download = await claimed(request);
    const part = await download.beginPart();
    await part.write(tradesFile(trades(6)));
    await part.close();
    await download.keepPart({ records: 6, headerBytes: HEADER_SIZE }, 5n);
    const answer = await download.beginAnswer();
    for await (const piece of compress(piecesOf(tradesFile(trades(5, 5))))) await answer.write(piece);
    await answer.close();
    const entry = await download.complete({
      header: await header(),
      records: 10,
      contentBytes: WHOLE.length,
      answer: { records: 4, skip: 1, cost: 7n },
      conditions: [{ date: '2024-03-04', condition: 'available', lastModifiedDate: '2024-03-05' }],
      instruments: [{ instrumentId: 5482, symbol: 'ESH4', startDate: '2024-03-04', endDate: '2024-03-05' }],
      empty: null,
    });
    await download.release();
    return entry;
  };
  const oneSegment = async (request = REQUEST, refetch = false): Promise<ArchiveEntry> => {
    const download = await claimed(request, refetch);
    const answer = await download.beginAnswer();
    await answer.write(WHOLE);
    await answer.close();
    const entry = await download.complete({
      header: await header(),
      records: 10,
      contentBytes: WHOLE.length,
      answer: { records: 10, skip: 0, cost: 1n },
      conditions: [],
      instruments: [],
      empty: null,
    });
    await download.release();
    return entry;
  };
  const path = (entry: ArchiveEntry, file: string): string => join(archive.location, entry.id, file);

  describe('an entry', () => {
    it('is one folder with its manifest, its first header and its segments, for its owner alone', async () => {
      const entry = await twoSegments();
      expect(entry.id).to.match(/^GLBX\.MDP3\/trades\/2024-03-04_2024-03-05_[0-9a-f]{16}$/);
      expect(await readdir(join(archive.location, entry.id))).to.have.members([
        'manifest.json',
        'header.dbn',
        '0001.dbn',
        '0002.dbn.zst',
      ]);
      expect((await stat(archive.location)).mode & 0o777).to.equal(0o700);
      for (const file of await readdir(join(archive.location, entry.id))) {
        expect((await stat(path(entry, file))).mode & 0o777).to.equal(0o600);
      }
      expect(entry.costUsd).to.equal(12n);
    });

    it('is the same when it is read again', async () => {
      const entry = await twoSegments();
      expect(await new DiskArchive(archive.location).find(entry.id)).to.deep.equal(entry);
    });

    it('is one stream: the first header, then every record once', async () => {
      const entry = await twoSegments();
      expect((await gathered(archive.open(entry))).equals(WHOLE)).to.equal(true);
    });

    it('of one whole answer is given as it is stored', async () => {
      const entry = await oneSegment();
      expect((await gathered(archive.open(entry))).equals(WHOLE)).to.equal(true);
      expect(await archive.check(entry)).to.deep.equal({ id: entry.id, status: 'ok', detail: null });
    });

    it('can be left in the middle', async () => {
      const entry = await twoSegments();
      for await (const piece of decompress(archive.open(entry))) {
        expect(piece.length).to.be.above(0);
        break;
      }
    });
  });

  describe('what is damaged', () => {
    for (const [what, damage, detail] of [
      ['a file that is missing', (file: string) => rm(file), 'it is missing'],
      ['a file that is short', (file: string) => truncate(file, 100), 'it has 100 bytes, expected'],
      [
        'a file with another byte',
        async (file: string) => {
          const bytes = await readFile(file);
          bytes[bytes.length - 1]! ^= 1;
          await writeFile(file, bytes);
        },
        'its SHA-256 is',
      ],
    ] as const) {
      for (const file of ['header.dbn', '0001.dbn', '0002.dbn.zst']) {
        it(`is named, and nothing of it is given out: ${what}, ${file}`, async () => {
          const entry = await twoSegments();
          await damage(path(entry, file));
          const error = await rejected(gathered(archive.open(entry)));
          expect(error.code).to.equal('ARCHIVE_DAMAGED');
          expect(error.message).to.contain(path(entry, file)).and.contain(detail);
          const check = await archive.check(entry);
          expect(check.status).to.equal('damaged');
          expect(check.detail).to.contain(file).and.contain(detail);
        });
      }
    }

    it('is said of an entry that is gone', async () => {
      const entry = await twoSegments();
      await rm(join(archive.location, entry.id), { recursive: true });
      expect(await archive.check(entry)).to.include({ status: 'missing' });
      expect((await rejected(gathered(archive.open(entry)))).message).to.contain('the entry is missing');
      expect(await archive.find(entry.id)).to.equal(undefined);
    });

    it('is said of a segment that has other records than the manifest says', async () => {
      const entry = await twoSegments();
      const manifest = await readFile(path(entry, 'manifest.json'), 'utf8');
      await writeFile(path(entry, 'manifest.json'), manifest.replace('"skip": 1', '"skip": 2'));
      const error = await rejected(gathered(archive.open(entry)));
      expect(error.message).to.contain('it has 5 records, expected 6');
    });

    for (const [what, change, detail] of [
      [
        'of another format',
        (text: string) => text.replace('"format_version": 1', '"format_version": 2'),
        'format_version',
      ],
      ['that is no JSON', () => '{', 'it is not JSON'],
      ['that is no object', () => '[]', 'it is not a JSON object'],
      [
        'of another request',
        (text: string) => text.replace('ESH4', 'ESM4'),
        'is not the one that its folder is named for',
      ],
      [
        'whose files lead out of its folder',
        (text: string) => text.replace('0001.dbn', '../0001.dbn'),
        'file must match',
      ],
      ['whose records do not add up', (text: string) => text.replace('"records": 6', '"records": 7'), 'do not add up'],
      ['without its cost', (text: string) => text.replace('cost_usd', 'costs'), 'cost_usd'],
    ] as const) {
      it(`is said of a manifest ${what}`, async () => {
        const entry = await twoSegments();
        const file = path(entry, 'manifest.json');
        await writeFile(file, change(await readFile(file, 'utf8')));
        const error = await rejected(archive.find(entry.id));
        expect(error.code).to.equal('ARCHIVE_DAMAGED');
        expect(error.message).to.contain(file).and.contain(detail);
        expect(await archive.list()).to.deep.equal([]);
        expect(await archive.unreadable()).to.have.lengthOf(1);
        expect((await archive.unreadable())[0]).to.include({ id: entry.id, status: 'damaged' });
      });
    }

    it('is said of a folder without a manifest', async () => {
      const entry = await twoSegments();
      await rm(path(entry, 'manifest.json'));
      expect((await archive.unreadable())[0]?.detail)
        .to.contain('manifest.json')
        .and.contain('it is missing');
    });

    it('can be bought again', async () => {
      const entry = await twoSegments();
      await writeFile(path(entry, 'manifest.json'), '{');
      const again = await oneSegment(REQUEST, true);
      expect(await archive.list()).to.deep.equal([again]);
    });
  });

  describe('lists', () => {
    it('nothing where nothing is', async () => {
      expect(await archive.list()).to.deep.equal([]);
      expect(await archive.unreadable()).to.deep.equal([]);
    });

    it('entries by dataset, schema and start, and not what is unfinished', async () => {
      const later = await oneSegment({ ...REQUEST, start: REQUEST.start + 1n });
      const other = await oneSegment({ ...REQUEST, dataset: 'AAAA.TEST', schema: 'tbbo' });
      const first = await oneSegment();
      const begun = await claimed({ ...REQUEST, end: REQUEST.end + 1n });
      await begun.beginAnswer();
      await begun.release();
      expect((await archive.list()).map(({ id }) => id)).to.deep.equal([other.id, first.id, later.id]);
      expect(await archive.list({ dataset: 'GLBX.MDP3' })).to.have.lengthOf(2);
      expect(await archive.list({ schema: 'tbbo' })).to.have.lengthOf(1);
      expect(later.id).to.contain('/20240304T000000.000000001Z_2024-03-05_');
    });
  });

  describe('names', () => {
    it('from outside never lead out of the folder', async () => {
      for (const name of ['../../outside', '..', '/etc', 'a/b', '', '.', 'x'.repeat(300), 'NUL\0']) {
        const id = archiveIdOf({ ...REQUEST, dataset: name, schema: name });
        expect(id.split('/')).to.have.lengthOf(3);
        expect(id).to.match(/^_[0-9a-f]{16}\/_[0-9a-f]{16}\/2024/);
      }
      const entry = await oneSegment({ ...REQUEST, dataset: '../../outside', symbols: ['../../../x'] });
      expect(await archive.list()).to.deep.equal([entry]);
      expect(await readdir(folder)).to.deep.equal(['archive']);
    });

    it('that are no ids find nothing', async () => {
      await writeFile(join(folder, 'manifest.json'), '{}');
      for (const id of ['../../..', '..', 'a', 'a/b/c/d', 'a/../b', '/a/b', '.lock/a/b', '']) {
        expect(await archive.find(id)).to.equal(undefined);
      }
    });

    it('do not depend on the order of the symbols, and on everything else', () => {
      const two = { ...REQUEST, symbols: ['A', 'B'] };
      expect(archiveIdOf({ ...REQUEST, symbols: ['B', 'A', 'B'] })).to.equal(archiveIdOf(two));
      const others = [
        { ...two, limit: 1n },
        { ...two, stypeIn: 'parent' as const },
        { ...two, symbols: ['A,B'] },
        { ...two, end: two.end + 1n },
      ];
      expect(new Set([two, ...others].map(archiveIdOf)).size).to.equal(5);
    });
  });

  describe('lets one at a time fill an entry', () => {
    const other = (script: string): ChildProcess => {
      const request = `{ dataset: 'GLBX.MDP3', schema: 'trades', stypeIn: 'raw_symbol', symbols: ['ESH4'], start: ${REQUEST.start}n, end: ${REQUEST.end}n, limit: null }`;
      const child = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { DiskArchive } from '${MODULE}';
           const { download } = await new DiskArchive('${archive.location}').claim(${request});
           ${script}`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(child);
      return child;
    };

    it('so that a second one waits, and then finds it', async () => {
      const download = await claimed(REQUEST);
      const waiting = archive.claim(REQUEST);
      const answer = await download.beginAnswer();
      await answer.write(WHOLE);
      await answer.close();
      const answered = { records: 10, skip: 0, cost: 0n };
      const sizes = { records: 10, contentBytes: WHOLE.length, conditions: [], instruments: [], empty: null };
      const entry = await download.complete({ header: await header(), answer: answered, ...sizes });
      await download.release();
      expect(await waiting).to.deep.equal({ entry, download: null });
    });

    it('and the next one when that gave up', async () => {
      const download = await claimed(REQUEST);
      const waiting = archive.claim(REQUEST);
      await download.release();
      const next = await waiting;
      expect(next.download?.parts).to.deep.equal([]);
      await next.download?.release();
      expect(await readdir(join(archive.location, 'GLBX.MDP3', 'trades'))).to.deep.equal([]);
    });

    it('among processes too, and one that is killed holds up nobody', async () => {
      const child = other(
        `const file = await download.beginAnswer(); await file.write(new Uint8Array(99)); console.log('begun'); setTimeout(() => undefined, 300_000);`,
      );
      await once(child.stdout!, 'data');
      const told: number[] = [];
      const wait = { mostMs: 200, onWait: (process: number) => told.push(process) };
      const locked = await rejected(archive.claim(REQUEST, { wait }));
      expect(locked.code).to.equal('LOCKED');
      expect(locked.message).to.contain(`another run (process ${String(child.pid)}): waited 0.2 s`);
      expect(told).to.deep.equal([child.pid]);
      expect((await rejected(archive.claim(REQUEST, { wait: { ...wait, mostMs: 0 } }))).code).to.equal('LOCKED');
      expect(told).to.have.lengthOf(1);
      const cancelled = await rejected(archive.claim(REQUEST, { signal: AbortSignal.timeout(300) }));
      expect(cancelled.code).to.equal('CANCELLED');
      child.kill('SIGKILL');
      const download = await claimed(REQUEST);
      expect(download.interrupted).to.equal(true);
      expect(await gathered(download.readAnswer())).to.have.lengthOf(99);
      await download.release();
    });

    it('and takes what another has just bought again, instead of buying it a third time', async () => {
      await oneSegment();
      const download = await claimed(REQUEST, true);
      const waiting = archive.claim(REQUEST, { refetch: true });
      // Its owner gives up; the one that waited has the right to buy.
      await download.release();
      const next = await waiting;
      expect(next.entry).to.equal(null);
      const third = archive.claim(REQUEST, { refetch: true });
      const answer = await next.download!.beginAnswer();
      await answer.write(WHOLE);
      await answer.close();
      const answered = { records: 10, skip: 0, cost: 0n };
      const sizes = { records: 10, contentBytes: WHOLE.length, conditions: [], instruments: [], empty: null };
      const entry = await next.download!.complete({ header: await header(), answer: answered, ...sizes });
      await next.download!.release();
      expect((await third).entry).to.deep.equal(entry);
    });

    it('puts back an entry whose replacement was interrupted', async () => {
      const entry = await oneSegment();
      const complete = join(archive.location, entry.id);
      await rename(complete, `${complete}.replaced`);
      expect(await archive.claim(REQUEST)).to.deep.equal({ entry, download: null });
    });
  });

  describe('says that it cannot be written to', () => {
    it('on a full disk, and goes on where there is room again', async function () {
      const disk = await smallDisk(this);
      try {
        archive = new DiskArchive(join(disk.path, 'archive'));
        const download = await claimed(REQUEST);
        await disk.fill();
        const other = { ...REQUEST, schema: 'tbbo' };
        expect(await rejected(archive.claim(other))).to.include({ code: 'OUTPUT_UNWRITABLE' });
        await disk.free();
        await download.release();
        await (await claimed(other)).release();
      } finally {
        await disk.unmount();
      }
    });
    it('where a file stands in the place of its folder', async () => {
      await writeFile(archive.location, '');
      const error = await rejected(archive.claim(REQUEST));
      expect(error.code).to.equal('OUTPUT_UNWRITABLE');
      expect(error.hint).to.contain('another folder');
    });

    it('where its folder is closed to the user', async function () {
      if (process.getuid?.() === 0) skipBecause(this, 'no folder is closed to root');
      await mkdir(archive.location, { mode: 0o500 });
      await chmod(archive.location, 0o500);
      expect((await rejected(archive.claim(REQUEST))).code).to.equal('OUTPUT_UNWRITABLE');
    });

    it('when the folder goes away under it', async () => {
      const download = await claimed(REQUEST);
      await rm(archive.location, { recursive: true });
      expect((await rejected(download.beginAnswer())).code).to.equal('OUTPUT_UNWRITABLE');
      expect((await rejected(download.dropAnswer(0n))).code).to.equal('OUTPUT_UNWRITABLE');
    });
  });
});
