-- Where a chunk has records that its header does not say.

alter table :tickloom_schema.chunks add column beyond int8multirange not null default '{}';
comment on column :tickloom_schema.chunks.beyond is 'Of a chunk that covers something: from the first to the last index timestamp, in ns, on either side of its range, tail aside. Its rows there are held, but not covered.';
