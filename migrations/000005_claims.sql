-- What is being loaded at this moment, and guards that no code can get round.

-- Unlogged: after a crash of the server nobody is loading anything.
create unlogged table :tickloom_schema.claims (
  claim_id   bigint not null,
  run_id     uuid not null,
  source     text not null,
  dataset    text not null,
  schema     text not null,
  alias      boolean not null,
  keys       int8multirange not null,
  times      int8multirange not null,
  claimed_at timestamptz not null default clock_timestamp(),
  -- Dataset, schema and kind as one number, so that a GiST index of the core can compare them.
  constraint claims_do_not_overlap exclude using gist (
    (int8range(
      hashtextextended(dataset || ' ' || schema || case when alias then ' alias' else '' end, 0) >> 1,
      hashtextextended(dataset || ' ' || schema || case when alias then ' alias' else '' end, 0) >> 1, '[]')) with &&,
    keys with &&,
    times with &&
  )
);
comment on table :tickloom_schema.claims is 'What the chunks in flight may bring. A claim is alive while its connection holds the advisory lock claim_id; a dead one is removed by the next claim of the dataset.';
comment on column :tickloom_schema.claims.claim_id is 'Random; several rows may belong to one claim.';
comment on column :tickloom_schema.claims.alias is 'True for continuous symbols: such rows are a set of their own.';
comment on column :tickloom_schema.claims.keys is 'Instrument ids, or hashes of the continuous symbols.';
comment on column :tickloom_schema.claims.times is 'Half-open intervals of the index timestamp, in ns since 1970-01-01 UTC.';
create index claims_claim_id on :tickloom_schema.claims (claim_id);

-- The same bytes, read in the same way, stand in one chunk.
update :tickloom_schema.chunks older set content_current = false
 where status = 'loaded' and content_current and exists (
   select from :tickloom_schema.chunks newer
    where newer.status = 'loaded' and newer.content_current and newer.chunk_id > older.chunk_id
      and newer.content_sha256 = older.content_sha256 and newer.dataset is not distinct from older.dataset
      and newer.schema is not distinct from older.schema and newer.dbn_version is not distinct from older.dbn_version
      and newer.ts_out is not distinct from older.ts_out);
create unique index chunks_content_once on :tickloom_schema.chunks
  (content_sha256, coalesce(dataset, ''), coalesce(schema, ''), dbn_version, ts_out)
  where status = 'loaded' and content_current;

alter table :tickloom_schema.chunks
  add constraint chunks_counts check (
    least(decoded, loaded, already_loaded, quarantined, control, unsupported, replaced, superseded) >= 0),
  add constraint chunks_cover check (covers or isempty(covered));
