import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveCheck } from '../../core/archive/archive.js';
import type { ArchivedJob, JobArchive, JobFile } from '../../core/archive/job-archive.js';
import { asTickloomError, TickloomError } from '../../core/errors/index.js';
import { archiveDamaged, isMissing, writing } from './archive-errors.js';
import { FOLDER_MODE, writeWhole } from './durable-files.js';
import { jobRecordText, readJobRecord } from './job-record.js';
import { verifyFile } from './stored-file.js';

const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Beside the vendor's own files, under a name that none of them has. */
const RECORD = 'tickloom.json';

/** What was downloaded of batch jobs, a folder for each: the vendor's files as they came, and a record of them. */
export class DiskJobArchive implements JobArchive {
  readonly location: string;

  constructor(folder: string) {
    this.location = folder;
  }

  folderOf(jobId: string): string {
    if (JOB_ID.test(jobId)) return join(this.location, jobId);
    throw new TickloomError('USAGE', `${JSON.stringify(jobId.slice(0, 100))} cannot be the id of a batch job`, {
      hint: 'Take an id of "tickloom batch list", e.g. GLBX-20240610-5DEFXVTMSM.',
    });
  }

  async prepare(jobId: string): Promise<string> {
    const folder = this.folderOf(jobId);
    await writing(folder, () => mkdir(folder, { recursive: true, mode: FOLDER_MODE }));
    return folder;
  }

  async list(): Promise<readonly ArchivedJob[]> {
    const jobs: ArchivedJob[] = [];
    for (const id of await this.#ids()) {
      const job = await this.#read(id).catch(damageOnly);
      if (job !== undefined) jobs.push(job);
    }
    return jobs;
  }

  async find(jobId: string): Promise<ArchivedJob | undefined> {
    const job = await this.#read(jobId);
    if (job === undefined) return undefined;
    for (const { file, bytes } of job.files) {
      const found = await stat(join(job.folder, file)).catch(() => undefined);
      if (found?.size !== bytes) return undefined;
    }
    return job;
  }

  async keep(job: Omit<ArchivedJob, 'folder' | 'archivedAt'>): Promise<ArchivedJob> {
    const folder = await this.prepare(job.id);
    const kept = { ...job, archivedAt: new Date().toISOString() };
    const path = join(folder, RECORD);
    await writing(path, () => writeWhole(path, jobRecordText(kept)));
    return { ...kept, folder };
  }

  async check(signal?: AbortSignal): Promise<readonly ArchiveCheck[]> {
    const checks: ArchiveCheck[] = [];
    for (const jobId of await this.#ids()) {
      signal?.throwIfAborted();
      const id = `batch/${jobId}`;
      try {
        const job = await this.#read(jobId);
        for (const file of job?.files ?? []) await verify(join(job?.folder ?? '', file.file), file, signal);
        if (job !== undefined) checks.push({ id, status: 'ok', detail: null });
      } catch (error) {
        const known = asTickloomError(error);
        if (known.code !== 'ARCHIVE_DAMAGED') throw error;
        checks.push({ id, status: 'damaged', detail: known.message });
      }
    }
    return checks;
  }

  async #ids(): Promise<string[]> {
    const entries = await readdir(this.location, { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter((name) => JOB_ID.test(name)).sort();
  }

  /** `undefined` while its files are not all there. @throws ARCHIVE_DAMAGED */
  async #read(jobId: string): Promise<ArchivedJob | undefined> {
    const folder = this.folderOf(jobId);
    const path = join(folder, RECORD);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw archiveDamaged(path, (error as Error).message, error);
    });
    return text === undefined ? undefined : { ...readJobRecord(path, jobId, text), folder };
  }
}

function damageOnly(error: unknown): undefined {
  if (asTickloomError(error).code !== 'ARCHIVE_DAMAGED') throw error;
}

/** A file without a hash of the vendor's has only its size to be compared. */
async function verify(path: string, { bytes, sha256 }: JobFile, signal: AbortSignal | undefined): Promise<void> {
  if (sha256 !== null) return verifyFile(path, { file: path, bytes, sha256 }, signal);
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== bytes) throw archiveDamaged(path, `it has ${found?.size ?? 0} bytes, expected ${bytes}`);
}
