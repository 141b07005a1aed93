-- Records that could not be rows, as they came.

create table :tickloom_schema.quarantine (
  quarantine_id  bigint generated always as identity primary key,
  chunk_id       bigint not null references :tickloom_schema.chunks,
  ordinal        bigint not null,
  schema         text not null,
  instrument_id  bigint not null,
  index_ns       bigint,
  record         bytea not null,
  reasons        jsonb not null,
  plugin         text not null,
  plugin_version text not null,
  state          text not null default 'open' check (state in ('open', 'replayed', 'dropped')),
  unique (chunk_id, ordinal)
);
comment on table :tickloom_schema.quarantine is 'Records that could not be rows, with their bytes, to be looked at and replayed.';
comment on column :tickloom_schema.quarantine.ordinal is 'Position of the record in its chunk, from 0.';
comment on column :tickloom_schema.quarantine.index_ns is 'Index timestamp in ns since 1970-01-01 UTC; NULL when undefined or beyond 2262.';
comment on column :tickloom_schema.quarantine.record is 'The record as it came, header included.';
comment on column :tickloom_schema.quarantine.reasons is 'An array of {code, field, message}.';
create index quarantine_open on :tickloom_schema.quarantine (schema, instrument_id, index_ns) where state = 'open';
