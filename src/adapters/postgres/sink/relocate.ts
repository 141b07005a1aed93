import type { ContentIdentity } from '../../../core/ledger/ledger.js';
import type { ChunkOrigin } from '../../../core/source/source.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/** Writes down where the bytes of loaded chunks were seen last. What is not known of the new place stays as it was. */
export async function relocate(
  session: Session,
  database: Database,
  content: ContentIdentity,
  { locations, archiveId }: ChunkOrigin,
): Promise<void> {
  if (locations === undefined && archiveId === undefined) return;
  const { contentSha256, dataset, schema, version, tsOut } = content;
  await session.query(
    `update ${database.table('chunks')}
        set locations = coalesce($6::text[], locations), archive_id = coalesce($7::text, archive_id)
      where status = 'loaded' and content_sha256 = $1 and dataset = $2 and schema is not distinct from $3
        and dbn_version = $4 and ts_out = $5
        and (locations is distinct from coalesce($6::text[], locations)
          or archive_id is distinct from coalesce($7::text, archive_id))`,
    [contentSha256, dataset, schema, version, tsOut, locations ?? null, archiveId ?? null],
  );
}
