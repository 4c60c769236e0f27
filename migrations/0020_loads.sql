-- Loads of any size: staged in tables of their own, followed while they go on, their refused rows kept; and substitutions of numbers that merge two persons.

-- Tables of loads that are under way: made and dropped by the loader, readable by nobody else.
CREATE SCHEMA staging;
REVOKE ALL ON SCHEMA staging FROM PUBLIC;

ALTER TABLE warehouse.load
  ADD COLUMN mode text COLLATE "C" NOT NULL DEFAULT 'incremental' CHECK (mode IN ('incremental', 'full')),
  ADD COLUMN stage text COLLATE "C" CHECK (stage IN ('receiving', 'resolving', 'switching')),
  ADD COLUMN bytes bigint NOT NULL DEFAULT 0,
  ADD COLUMN removed bigint NOT NULL DEFAULT 0,
  ADD COLUMN problem text COLLATE "C",
  ADD COLUMN actor text,
  ADD COLUMN entity text;
CREATE INDEX load_registry ON warehouse.load (registry, id DESC);
COMMENT ON COLUMN warehouse.load.mode IS 'full: what the delivery does not name is taken out; incremental: it stays';
COMMENT ON COLUMN warehouse.load.stage IS 'of a load that runs, or where it broke off';
COMMENT ON COLUMN warehouse.load.removed IS 'rows that a full load took out';
COMMENT ON COLUMN warehouse.load.problem IS 'code of what stopped it: /errors';

-- Two numbers that were known as two persons mean one: everything current of the old reference moved to the current one.
CREATE TABLE identity.substitution (
  id uuid PRIMARY KEY,
  old_number text COLLATE "C" NOT NULL,
  current_number text COLLATE "C" NOT NULL CHECK (current_number <> old_number),
  old_ref bigint NOT NULL,
  current_ref bigint NOT NULL CHECK (current_ref <> old_ref),
  -- Numbers that stood for the old reference and now stand for the current one.
  numbers text[] NOT NULL,
  reason text NOT NULL,
  actor text NOT NULL,
  entity text NOT NULL,
  seq bigint NOT NULL,
  substituted_at timestamptz NOT NULL DEFAULT now(),
  undone_at timestamptz,
  undone_by text,
  undone_seq bigint
);
CREATE UNIQUE INDEX substitution_in_force ON identity.substitution (old_ref) WHERE undone_at IS NULL;
CREATE INDEX substitution_current ON identity.substitution (current_ref) WHERE undone_at IS NULL;

-- Which rows were the old person's: by table and key, so that undoing gives back these and no others. `content`: a row that was
-- set aside because the current person had one of the same key.
CREATE TABLE identity.substituted_row (
  substitution_id uuid NOT NULL REFERENCES identity.substitution (id),
  place bigint GENERATED ALWAYS AS IDENTITY,
  relation text COLLATE "C" NOT NULL,
  field text COLLATE "C" NOT NULL,
  key jsonb NOT NULL,
  content jsonb,
  PRIMARY KEY (substitution_id, place)
);
COMMENT ON COLUMN identity.substituted_row.field IS 'the column that held the old reference';
COMMENT ON COLUMN identity.substituted_row.key IS 'key of the row after it moved';
