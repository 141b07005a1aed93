import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, realpath, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { FileSource, type FileSourceOptions } from '../../../../src/adapters/files/file-source.js';
import { isTickloomError, type TickloomError } from '../../../../src/core/errors/index.js';
import { giveBack } from '../../../../src/core/source/lent-bytes.js';
import type { Chunk } from '../../../../src/core/source/source.js';
import { skipBecause } from '../../../support/skip-because.js';

const never = new AbortController().signal;

describe('FileSource', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'tickloom-files-')));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const put = async (name: string, content: string | Uint8Array = name): Promise<string> => {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
    return path;
  };
  const plan = (paths: string[], options: Partial<FileSourceOptions> = {}): Promise<readonly Chunk[]> =>
    new FileSource({ paths, cwd: folder, ...options }).plan(never);
  const sources = async (...paths: string[]): Promise<string[]> => (await plan(paths)).map((chunk) => chunk.source);

  describe('listing', () => {
    it('takes a named file whatever its name, with its size', async () => {
      await put('session.bin', 'four');
      const [chunk] = await plan(['session.bin']);
      expect(chunk).to.include({ source: 'session.bin', sizeBytes: 4, repeatable: true, fragment: null });
    });

    it('takes the DBN files of a folder and its subfolders in natural order', async () => {
      const names = ['b/day-10.dbn.zst', 'b/day-9.dbn.zst', 'a.dbn', 'c.dbn.frag', 'd.DBN.FRAG.ZST', 'old.dbz'];
      for (const name of [...names, 'notes.txt', 'manifest.json', 'e.dbn.part', 'f.dbn.zst~', 'g.dbn.zst.tmp']) {
        await put(`data/${name}`);
      }
      expect(await sources('data')).to.deep.equal([
        'data/a.dbn',
        'data/b/day-9.dbn.zst',
        'data/b/day-10.dbn.zst',
        'data/c.dbn.frag',
        'data/d.DBN.FRAG.ZST',
        'data/old.dbz',
      ]);
    });

    it('passes over hidden files and folders of a folder, and takes them when they are named', async () => {
      await put('data/.x.dbn.zst.k2f9');
      await put('data/.x.dbn');
      await put('data/.cache/y.dbn');
      await put('data/z.dbn');
      expect(await sources('data')).to.deep.equal(['data/z.dbn']);
      expect(await sources('data/.x.dbn', 'data/.cache')).to.deep.equal(['data/.x.dbn', 'data/.cache/y.dbn']);
    });

    it('keeps the order of the paths and reads a file once that has several names', async () => {
      const b = await put('data/b.dbn');
      await put('data/a.dbn');
      await link(b, join(folder, 'hard.dbn'));
      await symlink(b, join(folder, 'soft.dbn'));
      expect(await sources('soft.dbn', 'hard.dbn', 'data', 'data/b.dbn', b, 'data/*.dbn')).to.deep.equal([
        'soft.dbn',
        'data/a.dbn',
      ]);
    });

    it('lists a folder once whose links lead back into it', async () => {
      await put('data/sub/a.dbn');
      await symlink('..', join(folder, 'data/sub/up'));
      await symlink('sub', join(folder, 'data/again'));
      expect(await sources('data')).to.deep.equal(['data/again/a.dbn']);
      expect(await sources('data/**/*.dbn')).to.deep.equal(['data/again/a.dbn']);
    });

    it('ignores broken links and locked files that are no DBN files', async () => {
      await put('data/a.dbn');
      await symlink('nowhere', join(folder, 'data/latest'));
      expect(await sources('data')).to.deep.equal(['data/a.dbn']);
    });

    it('expands a glob that the shell has left alone', async () => {
      for (const name of ['es-10.dbn', 'es-2.dbn', 'nq-1.dbn', '.es-3.dbn', 'es-4.dbn.part', 'es-dir/x.dbn']) {
        await put(`data/${name}`);
      }
      expect(await sources('data/es-*')).to.deep.equal(['data/es-2.dbn', 'data/es-10.dbn', 'data/es-dir/x.dbn']);
      expect(await sources(join(folder, 'data/{nq,zz}-?.dbn'))).to.deep.equal([join(folder, 'data/nq-1.dbn')]);
    });

    it('takes a file whose name looks like a glob as that file', async () => {
      await put('es[1].dbn');
      await put('es1.dbn');
      expect(await sources('es[1].dbn')).to.deep.equal(['es[1].dbn']);
    });

    it('passes the declaration for streams without a header on, whatever their names', async () => {
      await put('a.dbn');
      await put('b.dbn.frag');
      const fragment = { dataset: 'XNAS.ITCH', schema: 'definition', version: 1, tsOut: false } as const;
      const chunks = await plan(['a.dbn', 'b.dbn.frag', '-'], { fragment, stdin: Readable.from([]) });
      expect(chunks.map((chunk) => chunk.fragment)).to.deep.equal([fragment, fragment, fragment]);
      expect((await plan(['b.dbn.frag'])).map((chunk) => chunk.fragment)).to.deep.equal([null]);
    });
  });

  describe('refusing', () => {
    const refusal = async (
      paths: string[],
      options: Partial<FileSourceOptions> = {},
      signal = never,
    ): Promise<TickloomError> => {
      try {
        await new FileSource({ paths, cwd: folder, ...options }).plan(signal);
      } catch (error) {
        if (isTickloomError(error)) return error;
        throw error;
      }
      throw new Error(`${paths.join()} was not refused`);
    };

    it('says that a path does not exist', async () => {
      const error = await refusal(['nothing-here.dbn']);
      expect(error.code).to.equal('PATH_NOT_FOUND');
      expect(error.message).to.equal('cannot read "nothing-here.dbn": it does not exist');
      expect(error.hint).to.equal('Check the path.');
    });

    it('names the nearest path for a slip of the fingers', async () => {
      await put('data/trades-2024.dbn.zst');
      expect((await refusal(['data/trades-2042.dbn.zst'])).hint).to.contain('there is "data/trades-2024.dbn.zst"');
      expect((await refusal(['data/trades-2024'])).hint).to.contain('there is "data/trades-2024.dbn.zst"');
      expect((await refusal(['dtaa/trades-2024.dbn.zst'])).hint).to.contain('there is "data"');
      expect((await refusal([join(folder, 'data/Trades-2024.dbn.zst')])).hint).to.contain(
        join(folder, 'data/trades-2024.dbn.zst'),
      );
    });

    it('refuses what cannot be a path', async () => {
      await put('file.dbn');
      expect((await refusal([''])).message).to.contain('the path is empty');
      expect((await refusal(['file.dbn/x.dbn'])).code).to.equal('PATH_NOT_FOUND');
      expect((await refusal(['x'.repeat(300)])).message).to.contain('too long');
      expect((await refusal(['a\0b'])).message).to.contain('NUL');
    });

    it('says where a broken link leads', async () => {
      await symlink('gone.dbn', join(folder, 'latest.dbn'));
      await mkdir(join(folder, 'data'));
      await symlink('gone.dbn', join(folder, 'data/latest.dbn'));
      const message = 'it is a symbolic link to "gone.dbn", which does not exist';
      expect((await refusal(['latest.dbn'])).message).to.contain(message);
      expect((await refusal(['data'])).message).to.equal(`cannot read "data/latest.dbn": ${message}`);
    });

    it('refuses links that form a loop', async () => {
      await symlink('b.dbn', join(folder, 'a.dbn'));
      await symlink('a.dbn', join(folder, 'b.dbn'));
      const error = await refusal(['a.dbn']);
      expect(error.code).to.equal('PATH_UNREADABLE');
      expect(error.message).to.contain('loop');
    });

    it('says which endings it looked for in a folder without DBN files', async () => {
      await put('data/notes.txt');
      const error = await refusal(['data']);
      expect(error.code).to.equal('NO_INPUT');
      expect(error.message).to.equal(
        'no DBN files in folder "data", looking for .dbn, .dbn.zst, .dbn.frag, .dbn.frag.zst',
      );
    });

    it('says what a glob without DBN files matches instead', async () => {
      await put('data/notes.txt');
      expect((await refusal(['data/*.dbn'])).message).to.match(/^no DBN files match "data\/\*\.dbn", looking for /);
      const error = await refusal(['data/*']);
      expect(error.code).to.equal('NO_INPUT');
      expect(error.message).to.contain('it matches 1 with other endings');
    });

    it('refuses to start without any path', async () => {
      expect((await refusal([])).code).to.equal('NO_INPUT');
    });

    it('refuses a file it has no permission to read', async function () {
      if (process.getuid?.() === 0) {
        skipBecause(this, 'root may read everything');
      }
      await chmod(await put('data/a.dbn'), 0o000);
      expect((await refusal(['data'])).message).to.equal('cannot read "data/a.dbn": permission denied');
    });

    it('refuses a folder it has no permission to list or to enter', async () => {
      await put('data/a.dbn');
      await chmod(folder, 0o755);
      await chmod(join(folder, 'data'), 0o000);
      const error = await unprivileged(() => refusal(['data']));
      expect(error.code).to.equal('PATH_UNREADABLE');
      expect(error.message).to.equal('cannot list folder "data": permission denied');
      expect((await unprivileged(() => refusal(['data/a.dbn']))).code).to.equal('PATH_UNREADABLE');
      await chmod(join(folder, 'data'), 0o444);
      expect((await unprivileged(() => refusal(['data']))).message).to.equal(
        'cannot read "data/a.dbn": permission denied',
      );
      await chmod(join(folder, 'data'), 0o755);
    });

    it('refuses devices', async () => {
      const error = await refusal(['/dev/null']);
      expect(error.code).to.equal('PATH_UNREADABLE');
      expect(error.message).to.equal('cannot read "/dev/null": it is a character device');
    });

    it('refuses sockets', async () => {
      const server: Server = createServer();
      await new Promise<void>((done) => server.listen(join(folder, 'x.sock'), done));
      try {
        expect((await refusal(['x.sock'])).message).to.equal('cannot read "x.sock": it is a socket');
      } finally {
        await new Promise((done) => server.close(done));
      }
    });

    it('refuses - without a stdin', async () => {
      expect((await refusal(['-'])).code).to.equal('USAGE');
    });

    it('lists nothing more once it is cancelled', async () => {
      await put('data/a.dbn');
      const error = await refusal(['data'], {}, AbortSignal.abort());
      expect(error.code).to.equal('CANCELLED');
      expect(error.message).to.equal('listing "data" was cancelled');
    });
  });

  describe('reading', () => {
    const read = async (chunk: Chunk | undefined, signal = never): Promise<Buffer> => {
      const parts: Uint8Array[] = [];
      for await (const part of (chunk as Chunk).open(signal)) parts.push(part);
      return Buffer.concat(parts);
    };
    const failure = async (work: Promise<unknown>): Promise<TickloomError> => {
      try {
        await work;
      } catch (error) {
        if (isTickloomError(error)) return error;
        throw error;
      }
      throw new Error('did not fail');
    };

    it('yields the bytes of a file, the same at every reading', async () => {
      const content = Buffer.alloc(1_300_000, 'tick');
      await put('a.dbn', content);
      const [chunk] = await plan(['a.dbn']);
      expect((await read(chunk)).equals(content)).to.equal(true);
      expect((await read(chunk)).equals(content)).to.equal(true);
    });

    it('leaves what it has yielded alone while it reads on', async () => {
      const content = Buffer.alloc(1_300_000, 'abc');
      await put('a.dbn', content);
      const [chunk] = await plan(['a.dbn']);
      const kept: Uint8Array[] = [];
      for await (const part of (chunk as Chunk).open(never)) kept.push(part);
      expect(kept.length).to.be.greaterThan(2);
      expect(Buffer.concat(kept).equals(content)).to.equal(true);
    });

    it('uses memory again that is given back', async () => {
      const content = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, index) => index).buffer);
      await put('a.dbn', content);
      const [chunk] = await plan(['a.dbn']);
      const copies: Buffer[] = [];
      const memory = new Set<ArrayBufferLike>();
      for await (const part of (chunk as Chunk).open(never)) {
        copies.push(Buffer.from(part));
        memory.add(part.buffer);
        giveBack(part);
      }
      expect(copies.length).to.be.greaterThan(5);
      expect(memory.size).to.equal(1);
      expect(Buffer.concat(copies).equals(content)).to.equal(true);
    });

    it('yields nothing for an empty file', async () => {
      await put('a.dbn', '');
      const [chunk] = await plan(['a.dbn']);
      expect(await read(chunk)).to.have.length(0);
    });

    it('closes the file when the reader leaves early', async function () {
      if (!existsSync('/proc/self/fd')) {
        skipBecause(this, 'this system does not list open files in /proc');
      }
      await put('a.dbn', Buffer.alloc(2_000_000));
      const [chunk] = await plan(['a.dbn']);
      const iterator = (chunk as Chunk).open(never)[Symbol.asyncIterator]();
      await iterator.next();
      expect(openFiles()).to.contain(join(folder, 'a.dbn'));
      await iterator.return?.();
      expect(openFiles()).not.to.contain(join(folder, 'a.dbn'));
    });

    it('stops between two reads when it is cancelled', async () => {
      await put('a.dbn', Buffer.alloc(2_000_000));
      const [chunk] = await plan(['a.dbn']);
      const controller = new AbortController();
      const iterator = (chunk as Chunk).open(controller.signal)[Symbol.asyncIterator]();
      await iterator.next();
      controller.abort();
      expect((await failure(iterator.next())).code).to.equal('CANCELLED');
      expect((await failure(read(chunk, AbortSignal.abort()))).code).to.equal('CANCELLED');
    });

    it('fails when the file grows while it is read', async () => {
      const path = await put('a.dbn', Buffer.alloc(1_000_000));
      const [chunk] = await plan(['a.dbn']);
      const iterator = (chunk as Chunk).open(never)[Symbol.asyncIterator]();
      await iterator.next();
      await writeFile(path, Buffer.alloc(9_000_000), { flag: 'a' });
      const rest = async (): Promise<void> => {
        while ((await iterator.next()).done !== true);
      };
      const error = await failure(rest());
      expect(error.code).to.equal('CHUNK_CHANGED');
      expect(error.message).to.contain('it had 1000000 bytes and now has 10000000');
    });

    it('fails when the file is overwritten with as many bytes while it is read', async () => {
      const path = await put('a.dbn', Buffer.alloc(1_000_000));
      const [chunk] = await plan(['a.dbn']);
      const iterator = (chunk as Chunk).open(never)[Symbol.asyncIterator]();
      await iterator.next();
      await writeFile(path, Buffer.alloc(1_000_000, 1), { flag: 'r+' });
      await iterator.next();
      expect((await failure(iterator.next())).code).to.equal('CHUNK_CHANGED');
    });

    it('fails when another file has taken its name between two readings', async () => {
      const path = await put('a.dbn', 'first');
      const [chunk] = await plan(['a.dbn']);
      await read(chunk);
      await link(path, join(folder, 'kept'));
      await unlink(path);
      await put('a.dbn', 'other');
      const error = await failure(read(chunk));
      expect(error.code).to.equal('CHUNK_CHANGED');
      expect(error.message).to.contain('another file has its name');
    });

    it('fails when the file is gone', async () => {
      const path = await put('a.dbn');
      const [chunk] = await plan(['a.dbn']);
      await unlink(path);
      const error = await failure(read(chunk));
      expect(error.code).to.equal('CHUNK_CHANGED');
      expect(error.message).to.equal('"a.dbn" changed while it was being read: it is gone');
    });

    it('fails when a folder has taken its name', async () => {
      const path = await put('a.dbn');
      const [chunk] = await plan(['a.dbn']);
      await unlink(path);
      await mkdir(path);
      expect((await failure(read(chunk))).code).to.equal('PATH_UNREADABLE');
    });

    it('fails when permission was taken away', async () => {
      const path = await put('a.dbn');
      const [chunk] = await plan(['a.dbn']);
      await chmod(folder, 0o755);
      await chmod(path, 0o000);
      const error = await unprivileged(() => failure(read(chunk)));
      expect(error.code).to.equal('PATH_UNREADABLE');
      expect(error.message).to.equal('cannot open "a.dbn": permission denied');
    });

    it('reads stdin once', async () => {
      const [chunk, ...others] = await plan(['-', '-'], {
        stdin: Readable.from([Buffer.from('DB'), Buffer.from('N')]),
      });
      expect(others).to.deep.equal([]);
      expect(chunk).to.include({ source: 'stdin', sizeBytes: null, repeatable: false });
      expect((await read(chunk)).toString()).to.equal('DBN');
      expect((await failure(read(chunk))).code).to.equal('INVARIANT');
    });

    it('reports what goes wrong with stdin', async () => {
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('DBN');
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      };
      const [chunk] = await plan(['-'], { stdin: broken() });
      const error = await failure(read(chunk));
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
      expect(error.message).to.equal('cannot read "stdin": the device reports an input/output error');
      const [reset] = await plan(['-'], {
        stdin: Readable.from(broken()).map(() => {
          throw new Error('connection reset');
        }),
      });
      expect((await failure(read(reset))).message).to.contain('connection reset');
    });

    it('lets go of stdin when the reader leaves early', async () => {
      let left = false;
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield Buffer.alloc(10);
        } finally {
          left = true;
        }
      };
      const [chunk] = await plan(['-'], { stdin: endless() });
      for await (const part of (chunk as Chunk).open(never)) if (part.length > 0) break;
      await new Promise(setImmediate);
      expect(left).to.equal(true);
    });

    it('stops waiting for stdin when it is cancelled', async () => {
      const stdin = new Readable({ read: () => undefined });
      const [chunk] = await plan(['-'], { stdin });
      const controller = new AbortController();
      const reading = failure(read(chunk, controller.signal));
      setImmediate(() => controller.abort());
      expect((await reading).code).to.equal('CANCELLED');
      expect(stdin.destroyed).to.equal(true);
    });

    it('reads a named pipe whose writer comes later', async () => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const [chunk] = await plan(['pipe']);
      expect(chunk).to.include({ source: 'pipe', sizeBytes: null, repeatable: false });
      const reading = read(chunk);
      const writer = spawn('sh', ['-c', 'exec head -c 300000 /dev/zero > "$0"', join(folder, 'pipe')]);
      expect(await reading).to.have.length(300_000);
      if (writer.exitCode === null) await new Promise((done) => writer.once('exit', done));
    });

    it('stops waiting for the writer of a named pipe when it is cancelled', async () => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const [chunk] = await plan(['pipe']);
      const controller = new AbortController();
      const reading = failure(read(chunk, controller.signal));
      setTimeout(() => controller.abort(), 20);
      expect((await reading).code).to.equal('CANCELLED');
    });
  });
});

/** What this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the one that was open for listing
    }
  });
}

const NOBODY = 65534;

/** Permissions do not hold for root: what is to fail by them runs under another user. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
