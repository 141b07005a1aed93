-- The index on instrument and time that was asked for with a table, and is made when its first load is over.

create table :tickloom_schema.deferred_indexes (
  table_name text primary key
);
comment on table :tickloom_schema.deferred_indexes is 'Data tables whose index on instrument_id and time is wanted and not made yet: the end of the first load makes it.';
comment on column :tickloom_schema.deferred_indexes.table_name is 'The table, in this schema.';
