-- What is known to be complete, and which instrument stood behind a symbol on which days.

create table :tickloom_schema.coverage (
  dataset   text not null,
  schema    text not null,
  stype_in  text not null,
  symbol    text not null,
  intervals int8multirange not null check (not isempty(intervals)),
  primary key (dataset, schema, stype_in, symbol)
);
comment on table :tickloom_schema.coverage is 'One row per key: what was asked for, and as stype_in instrument_id each instrument that it resolved to.';
comment on column :tickloom_schema.coverage.intervals is 'Complete half-open intervals of the index timestamp, in ns since 1970-01-01 UTC.';

create table :tickloom_schema.symbology (
  dataset       text not null,
  stype_in      text not null,
  symbol        text not null,
  instrument_id bigint not null,
  start_date    date not null,
  end_date      date not null,
  primary key (dataset, stype_in, symbol, instrument_id, start_date),
  check (start_date < end_date)
);
comment on table :tickloom_schema.symbology is 'Which instrument a symbol meant on which UTC days. Intervals of one key that touch or overlap are one row.';
comment on column :tickloom_schema.symbology.end_date is 'Exclusive.';
create index symbology_instrument on :tickloom_schema.symbology (dataset, instrument_id, start_date);
