-- A chunk may have come from several files.

alter table :tickloom_schema.chunks rename column location to locations;
alter table :tickloom_schema.chunks alter column locations type text[]
  using case when locations is not null then array[locations] end;
comment on column :tickloom_schema.chunks.locations is 'Absolute paths of the file that it came from, or in order of the files that it was split into, where they were seen last; NULL when they cannot be read again.';
