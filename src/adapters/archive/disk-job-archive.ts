import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveCheck } from '../../core/archive/archive.js';
import type { ArchivedJob, BrokenJob, JobArchive, JobFile } from '../../core/archive/job-archive.js';
import { asTickloomError, TickloomError } from '../../core/errors/index.js';
import { archiveUnreadable, isMissing, jobDamaged, writing } from './archive-errors.js';
import { FOLDER_MODE, writeWhole } from './durable-files.js';
import { jobRecordText, readJobRecord } from './job-record.js';
import { verifyFile } from './stored-file.js';
import { makeFolder } from '../system/make-folder.js';

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
    const job = await this.#read(jobId).catch(damageOnly);
    await writing(folder, async () => {
      await makeFolder(folder, FOLDER_MODE);
      for (const file of job?.files ?? []) {
        await verifyJobFile(folder, file).catch(async (error: unknown) => {
          damageOnly(error);
          await rm(join(folder, file.file), { force: true });
        });
      }
    });
    return folder;
  }

  async list(): Promise<readonly ArchivedJob[]> {
    const jobs: ArchivedJob[] = [];
    for (const id of await this.#ids()) {
      const job = await this.find(id).catch(damageOnly);
      if (job !== undefined) jobs.push(job);
    }
    return jobs;
  }

  async broken(): Promise<readonly BrokenJob[]> {
    const broken: BrokenJob[] = [];
    for (const id of await this.#ids()) {
      try {
        const job = await this.#read(id);
        const fault = job === undefined ? null : await firstFault(job);
        if (job !== undefined && fault !== null) broken.push({ id, request: job.request, detail: fault.message });
      } catch (error) {
        damageOnly(error);
        broken.push({ id, request: null, detail: asTickloomError(error).message });
      }
    }
    return broken;
  }

  async find(jobId: string): Promise<ArchivedJob | undefined> {
    const job = await this.#read(jobId);
    return job === undefined || (await firstFault(job)) !== null ? undefined : job;
  }

  async keep(job: Omit<ArchivedJob, 'folder' | 'archivedAt'>): Promise<ArchivedJob> {
    const folder = this.folderOf(job.id);
    const kept = { ...job, archivedAt: new Date().toISOString() };
    const path = join(folder, RECORD);
    await writing(path, async () => {
      await makeFolder(folder, FOLDER_MODE);
      await writeWhole(path, jobRecordText(kept));
    });
    return { ...kept, folder };
  }

  async verify(jobId: string, signal?: AbortSignal): Promise<ArchiveCheck> {
    const id = `batch/${jobId}`;
    try {
      const job = await this.#read(jobId);
      if (job === undefined) return { id, status: 'missing', detail: `"${this.folderOf(jobId)}" has no record` };
      for (const file of job.files) await verifyJobFile(job.folder, file, signal);
      return { id, status: 'ok', detail: null };
    } catch (error) {
      damageOnly(error);
      return { id, status: 'damaged', detail: asTickloomError(error).message };
    }
  }

  async check(signal?: AbortSignal): Promise<readonly ArchiveCheck[]> {
    const checks: ArchiveCheck[] = [];
    for (const jobId of await this.#ids()) {
      signal?.throwIfAborted();
      const check = await this.verify(jobId, signal);
      // one that was never downloaded whole has no record
      if (check.status !== 'missing') checks.push(check);
    }
    return checks;
  }

  async #ids(): Promise<string[]> {
    const entries = await readdir(this.location, { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw archiveUnreadable(this.location, error);
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
      throw jobDamaged(path, (error as Error).message, error);
    });
    return text === undefined ? undefined : { ...readJobRecord(path, jobId, text), folder };
  }
}

function damageOnly(error: unknown): undefined {
  if (asTickloomError(error).code !== 'ARCHIVE_DAMAGED') throw error;
}

/** The first file of a job that is not there, or not in its size. */
async function firstFault({ folder, files }: ArchivedJob): Promise<TickloomError | null> {
  for (const file of files) {
    const fault = await faultOf(folder, file);
    if (fault !== null) return fault;
  }
  return null;
}

async function faultOf(folder: string, { file, bytes }: JobFile): Promise<TickloomError | null> {
  const path = join(folder, file);
  try {
    const { size } = await stat(path);
    return size === bytes ? null : jobDamaged(path, `it has ${size} bytes, expected ${bytes}`);
  } catch (error) {
    return jobDamaged(path, isMissing(error) ? 'it is missing' : (error as Error).message, error);
  }
}

/** A file without a hash of the vendor's has only its size to be compared. */
async function verifyJobFile(folder: string, file: JobFile, signal?: AbortSignal): Promise<void> {
  const { bytes, sha256 } = file;
  if (sha256 !== null) return verifyFile(join(folder, file.file), { file: file.file, bytes, sha256 }, signal);
  const fault = await faultOf(folder, file);
  if (fault !== null) throw fault;
}
