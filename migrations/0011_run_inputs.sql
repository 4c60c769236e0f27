-- What a run computes from besides its snapshot and versions, fixed by its first attempt: a run that is resumed, or computed again, comes to the same bytes.

alter table run
  -- SHA-256 of the file in the data folder that holds them, and its name.
  add column inputs text check (inputs ~ '^[0-9a-f]{64}$'),
  -- Hash of the sources of the snapshot that it assembles: the name of the folder that holds the parts until the snapshot is whole.
  add column snapshot_sources text check (snapshot_sources ~ '^[0-9a-f]{64}$');
create index run_snapshot on run (snapshot, finished_at) where snapshot is not null;
