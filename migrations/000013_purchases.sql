-- What runs are about to buy, so that no other one buys some of it at the same time.

create unlogged table :tickloom_schema.purchases (
  announcement uuid not null,
  host         text not null,
  process      bigint not null,
  dataset      text not null,
  schema       text not null,
  stype_in     text not null,
  symbols      text[] not null,
  start_ns     bigint not null,
  end_ns       bigint not null,
  max_records  bigint,
  request_id   text not null,
  primary key (announcement, request_id)
);
comment on table :tickloom_schema.purchases is 'Requests that runs are about to send to the Historical API, until their chunks are loaded. They count while a connection of the run holds the advisory lock of the announcement; those of a run that was killed are removed by the next one that buys something.';
comment on column :tickloom_schema.purchases.max_records is 'The limit of the request; NULL for none.';
comment on column :tickloom_schema.purchases.request_id is 'Name of the archive''s entry for the request.';
