-- A run that was killed cannot say so: the next one says it for it.

alter table :tickloom_schema.runs drop constraint runs_status_check;
alter table :tickloom_schema.runs add constraint runs_status_check
  check (status in ('running', 'interrupted', 'complete', 'incomplete', 'failed', 'cancelled'));
comment on column :tickloom_schema.runs.status is 'running: holds its lock, or was killed and nobody has looked since; interrupted: was killed.';
