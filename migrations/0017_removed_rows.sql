-- Rows that were taken out of a registry leave a trace, so that the columnar replica and re-evaluation learn of them as they do of changed rows.

-- One row per person and registry: the place in the change sequence at which rows of that person were last taken out.
CREATE TABLE warehouse.removed_row (
  registry text NOT NULL,
  person_ref bigint NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT removed_row_pkey PRIMARY KEY (registry, person_ref)
);
CREATE INDEX removed_row_seq ON warehouse.removed_row (registry, seq);
COMMENT ON TABLE warehouse.removed_row IS 'persons of whom a registry lost rows, by a full load that no longer names them or a change that deletes';
