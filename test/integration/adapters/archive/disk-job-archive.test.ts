import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DiskJobArchive, jobConditions } from '../../../../src/adapters/archive/index.js';
import { rejected } from '../../../support/thrown.js';

const JOB = 'GLBX-20240610-5DEFXVTMSM';

describe('the archive of batch jobs', () => {
  let root: string;
  let jobs: DiskJobArchive;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tickloom-jobs-'));
    jobs = new DiskJobArchive(join(root, 'batch'));
  });
  afterEach(() => rm(root, { recursive: true }));

  /** A job that has one file, of which the vendor gave no hash. */
  const keep = async (text: string, bytes = text.length) => {
    await writeFile(join(await jobs.prepare(JOB), 'a.csv'), text);
    const files = [{ file: 'a.csv', bytes, sha256: null }];
    return jobs.keep({ id: JOB, request: null, costUsd: null, records: null, files, instruments: [] });
  };

  it('is empty before anything is kept', async () => {
    expect([await jobs.list(), await jobs.check(), await jobs.find(JOB)]).to.deep.equal([[], [], undefined]);
  });

  it('gives back what was kept, where all files are there in their sizes', async () => {
    const kept = await keep('abc');
    expect(kept.folder).to.equal(join(root, 'batch', JOB));
    expect(await jobs.find(JOB)).to.deep.equal(kept);
    expect(await jobs.list()).to.deep.equal([kept]);
    expect(await jobs.check()).to.deep.equal([{ id: `batch/${JOB}`, status: 'ok', detail: null }]);
    expect(await jobs.broken()).to.deep.equal([]);
    await writeFile(join(kept.folder, 'a.csv'), 'ab');
    expect(await jobs.find(JOB)).to.equal(undefined);
    expect((await jobs.check())[0]?.detail).to.match(/it has 2 bytes, expected 3$/);
    await rm(join(kept.folder, 'a.csv'));
    expect((await jobs.check())[0]?.detail).to.match(/it is missing$/);
  });

  it('lists none whose files are not what they were, and says what is wrong with them', async () => {
    const { folder } = await keep('abc');
    const path = join(folder, 'a.csv');
    await writeFile(path, 'ab');
    expect(await jobs.list()).to.deep.equal([]);
    const [cut] = await jobs.broken();
    expect(cut).to.include({ id: JOB, request: null });
    expect(cut?.detail).to.equal(`the archive's file "${path}" is damaged: it has 2 bytes, expected 3`);
    await rm(path);
    expect((await jobs.broken())[0]?.detail).to.match(/it is missing$/);
    await writeFile(join(folder, 'tickloom.json'), '{}');
    expect((await jobs.broken())[0]?.detail).to.match(/tickloom\.json" is damaged: /);
    expect((await rejected(jobs.find(JOB))).hint).to.match(/remove the folder of the job/);
    await rm(join(folder, 'tickloom.json'));
    expect(await jobs.broken()).to.deep.equal([]);
  });

  it('makes way for the download of what is damaged, and of nothing else', async () => {
    const { folder } = await keep('abc');
    const sha256 = createHash('sha256').update('right').digest('hex');
    const file = (name: string) => ({ file: name, bytes: 5, sha256 });
    for (const name of ['right', 'wrong']) await writeFile(join(folder, name), name);
    await writeFile(join(folder, 'cut'), 'righ');
    const files = [file('right'), file('wrong'), file('cut'), { file: 'a.csv', bytes: 3, sha256: null }];
    await jobs.keep({ id: JOB, request: null, costUsd: null, records: null, files, instruments: [] });
    expect((await jobs.verify(JOB)).detail).to.match(/wrong" is damaged: its SHA-256 is /);
    expect(await jobs.prepare(JOB)).to.equal(folder);
    expect((await readdir(folder)).sort()).to.deep.equal(['a.csv', 'right', 'tickloom.json']);
    await writeFile(join(folder, 'tickloom.json'), '{}');
    await jobs.prepare(JOB);
    expect((await readdir(folder)).sort()).to.deep.equal(['a.csv', 'right', 'tickloom.json']);
    expect(await jobs.verify('GLBX-20240610-AAAAAAAAAA')).to.include({ status: 'missing' });
  });

  it('says what is wrong with a folder that cannot be listed', async () => {
    await symlink(join(root, 'batch'), join(root, 'batch'));
    for (const work of [() => jobs.list(), () => jobs.broken(), () => jobs.check()]) {
      const error = await rejected(work());
      expect(error).to.include({ code: 'PATH_UNREADABLE', action: 'fix' });
      expect(error.context).to.deep.equal({ path: join(root, 'batch'), system_code: 'ELOOP' });
    }
    await writeFile(join(root, 'file'), '');
    const nowhere = new DiskJobArchive(join(root, 'file', 'batch'));
    expect((await rejected(nowhere.list())).context).to.include({ system_code: 'ENOTDIR' });
  });

  it('refuses the record of another job, a file that is a path, and ids that are none', async () => {
    const { folder } = await keep('abc');
    const record = { format_version: 1, job_id: 'X', request: null, archived_at: '2024-06-10T00:00:00Z' };
    const rest = { records: null, cost_usd: null, files: [], instruments: [] };
    const put = (changes: object): Promise<void> =>
      writeFile(join(folder, 'tickloom.json'), JSON.stringify({ ...record, ...rest, ...changes }));
    await put({});
    expect((await rejected(jobs.find(JOB))).message).to.match(/it is of another job$/);
    await put({ job_id: JOB, files: [{ file: '../x', bytes: 1, sha256: null }] });
    expect((await rejected(jobs.find(JOB))).code).to.equal('ARCHIVE_DAMAGED');
    expect(await jobs.list()).to.deep.equal([]);
    for (const id of ['', '..', 'a/b', 'x'.repeat(65)]) {
      expect(() => jobs.folderOf(id), id).to.throw(/cannot be the id of a batch job/);
    }
  });

  it('reads what the vendor said of the days, and takes nothing else for it', async () => {
    expect(await jobConditions(root)).to.deep.equal([]);
    const put = (text: string): Promise<void> => writeFile(join(root, 'condition.json'), text);
    for (const text of ['{', '{}', 'null', '[null, 1, { "date": "x", "condition": "y" }, { "date": "2024-01-08" }]']) {
      await put(text);
      expect(await jobConditions(root), text).to.deep.equal([]);
    }
    const said = { date: '2024-01-08', condition: 'available', last_modified_date: '2024-01-09' };
    await put(JSON.stringify([said, { ...said, last_modified_date: null }]));
    expect(await jobConditions(root)).to.deep.equal([
      { date: '2024-01-08', condition: 'available', lastModifiedDate: '2024-01-09' },
      { date: '2024-01-08', condition: 'available', lastModifiedDate: null },
    ]);
  });
});
