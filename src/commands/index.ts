import ArchiveList from './archive/list.js';
import ArchiveVerify from './archive/verify.js';
import BatchDownload from './batch/download.js';
import BatchList from './batch/list.js';
import BatchSubmit from './batch/submit.js';
import Coverage from './coverage.js';
import DbMigrate from './db/migrate.js';
import DbStart from './db/start.js';
import DbStatus from './db/status.js';
import DbStop from './db/stop.js';
import DbUrl from './db/url.js';
import Decode from './decode.js';
import Doctor from './doctor.js';
import Export from './export.js';
import Ingest from './ingest.js';
import NewSchema from './new/schema.js';
import NewSource from './new/source.js';
import QuarantineDrop from './quarantine/drop.js';
import QuarantineList from './quarantine/list.js';
import QuarantineReplay from './quarantine/replay.js';
import QuarantineShow from './quarantine/show.js';
import Plan from './plan.js';
import Query from './query.js';
import RunsList from './runs/list.js';
import RunsShow from './runs/show.js';
import Sample from './sample.js';
import SchemasList from './schemas/list.js';
import SchemasShow from './schemas/show.js';
import SymbolsResolve from './symbols/resolve.js';
import Verify from './verify.js';

/**
 * The commands by id. Listed, not found by looking through the folder: the order of what a disk gives back would
 * otherwise decide the bytes of the manifest.
 */
export const COMMANDS = {
  'archive:list': ArchiveList,
  'archive:verify': ArchiveVerify,
  'batch:download': BatchDownload,
  'batch:list': BatchList,
  'batch:submit': BatchSubmit,
  coverage: Coverage,
  'db:migrate': DbMigrate,
  'db:start': DbStart,
  'db:status': DbStatus,
  'db:stop': DbStop,
  'db:url': DbUrl,
  decode: Decode,
  doctor: Doctor,
  export: Export,
  ingest: Ingest,
  'new:schema': NewSchema,
  'new:source': NewSource,
  plan: Plan,
  'quarantine:drop': QuarantineDrop,
  'quarantine:list': QuarantineList,
  'quarantine:replay': QuarantineReplay,
  'quarantine:show': QuarantineShow,
  query: Query,
  'runs:list': RunsList,
  'runs:show': RunsShow,
  sample: Sample,
  'schemas:list': SchemasList,
  'schemas:show': SchemasShow,
  'symbols:resolve': SymbolsResolve,
  verify: Verify,
};
