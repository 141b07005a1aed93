-- Chunks of which parts are there and the end is not.

create table :tickloom_schema.unfinished_chunks (
  chunk_id   bigint primary key,
  run_id     uuid not null,
  source     text not null,
  dataset    text not null,
  schema     text not null,
  table_name text not null,
  claim_id   bigint not null,
  since      timestamptz not null default clock_timestamp()
);
comment on table :tickloom_schema.unfinished_chunks is 'Chunks loaded over several connections: written with the first part, gone with the last. One that stays was interrupted between them: the next chunk or run deletes its rows, verify and export leave them out.';
comment on column :tickloom_schema.unfinished_chunks.table_name is 'The data table, in this schema, that holds its rows.';
comment on column :tickloom_schema.unfinished_chunks.claim_id is 'Key of the advisory lock that the connection of the chunk holds; its parts hold the same key below zero.';
