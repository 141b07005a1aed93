-- What a chunk must look like in the tables, where its bytes came from, and what became of its quarantine.

alter table :tickloom_schema.chunks
  add column row_digest        text check (row_digest ~ '^[0-9a-f]{16}$'),
  add column quarantine_digest text check (quarantine_digest ~ '^[0-9a-f]{16}$'),
  add column plugins           jsonb not null default '[]',
  add column location          text,
  add column archive_id        text,
  add column condition         jsonb,
  add column cost_usd          numeric;
comment on column :tickloom_schema.chunks.row_digest is 'Sum of a hash of each of its rows, two halves of 32 bits in hex; chunk_id left out. NULL: loaded before digests were kept.';
comment on column :tickloom_schema.chunks.quarantine_digest is 'The same of its quarantine entries that were not replayed: ordinal, schema and bytes.';
comment on column :tickloom_schema.chunks.plugins is 'The plugins that made its rows: an array of {name, version}.';
comment on column :tickloom_schema.chunks.location is 'Absolute path of the file that it came from; NULL when it cannot be read again.';
comment on column :tickloom_schema.chunks.archive_id is 'Entry of the archive that its bytes came from.';
comment on column :tickloom_schema.chunks.condition is 'The vendor''s condition per UTC day: an array of {date, condition, last_modified_date}.';
comment on column :tickloom_schema.chunks.cost_usd is 'What its bytes cost, in US dollars; NULL when nothing was bought.';

alter table :tickloom_schema.quarantine
  add column settled_at  timestamptz,
  add column drop_reason text;
comment on column :tickloom_schema.quarantine.plugin_version is 'The version that judged it last.';
comment on column :tickloom_schema.quarantine.settled_at is 'When it was replayed or dropped.';
comment on column :tickloom_schema.quarantine.drop_reason is 'Why it was dropped, in the words of who did it.';
