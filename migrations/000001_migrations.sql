-- The history of what was applied here, the tables of plugins included.

create table :tickloom_schema.migrations (
  name           text primary key,
  plugin         text,
  plugin_version text,
  applied_at     timestamptz not null default now()
);
comment on table :tickloom_schema.migrations is 'What was applied here, in order: files of Tickloom, and tables and statements of plugins.';
comment on column :tickloom_schema.migrations.name is 'File name, or plugin/table@columns, where the last part is a digest of the columns.';
comment on column :tickloom_schema.migrations.plugin is 'NULL for the tables of Tickloom itself.';
