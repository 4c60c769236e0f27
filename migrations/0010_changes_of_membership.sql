-- What changed of persons and their membership, so that the columnar replica takes over that and no more.

-- Persons whose membership changed, each with the place in the change sequence of the latest change; so removed rows leave a trace too.
-- Membership is written under one lock, to the end of the transaction: the order of commits is the order of places.
CREATE TABLE membership_change (
  person_ref bigint NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT membership_change_pkey PRIMARY KEY (person_ref)
);
CREATE INDEX membership_change_seq ON membership_change (seq);

CREATE TABLE membership_state (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  seq bigint NOT NULL,
  written_whole_seq bigint NOT NULL
);
INSERT INTO membership_state (seq, written_whole_seq) VALUES (0, 0);
COMMENT ON COLUMN membership_state.seq IS 'place of the latest change';
COMMENT ON COLUMN membership_state.written_whole_seq IS 'place at which membership was last written whole; membership_change tells nothing of before';

-- Persons are written outside the lock of warehouse writes, by many at a time: a place would not come in the order of commits.
-- Whoever remembers the oldest transaction that was still open when he read finds all that he did not see.
ALTER TABLE warehouse.person ADD COLUMN written_by bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;
CREATE INDEX person_written_by ON warehouse.person USING brin (written_by);
COMMENT ON COLUMN warehouse.person.written_by IS 'the transaction that wrote the row last';

-- Rows of a registry after a place in the change sequence are found without reading the others. New tables get theirs when they are made.
DO $$
DECLARE registry text;
BEGIN
  FOR registry IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'seq' AND NOT a.attisdropped
    WHERE c.relnamespace = 'warehouse'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('load', 'registry_state')
  LOOP
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON warehouse.%I USING brin (seq)', registry || '_seq', registry);
  END LOOP;
END $$;
