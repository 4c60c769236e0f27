-- Changes (CDC): where each row and each registry's stream stand, whom changes concern, and households that are to be determined again.

ALTER TABLE warehouse.load DROP CONSTRAINT load_kind_check;
ALTER TABLE warehouse.load ADD CONSTRAINT load_kind_check CHECK (kind IN ('delivery', 'synthetic', 'changes'));
COMMENT ON COLUMN warehouse.load.kind IS 'changes: all changes that a registry''s source made on one day; their counts stand in warehouse.change_stream';

-- The last change of each row by its place in the source, deleted rows too: a late insert does not bring them back.
CREATE TABLE warehouse.change_position (
  registry text COLLATE "C" NOT NULL,
  person_ref bigint NOT NULL,
  -- JSON array of the key columns' values as text, persons as references; '[]' where a person has one row.
  row_key text COLLATE "C" NOT NULL,
  position text COLLATE "C" NOT NULL,
  source_day date NOT NULL,
  deleted boolean NOT NULL,
  CONSTRAINT change_position_pkey PRIMARY KEY (registry, person_ref, row_key)
);
COMMENT ON COLUMN warehouse.change_position.position IS 'numbers of fixed width, so that text order is the source''s order';

-- One source's stream into a registry.
CREATE TABLE warehouse.change_stream (
  registry text COLLATE "C" PRIMARY KEY,
  -- Which fields the positions are made of: positions of two forms cannot be compared.
  form text COLLATE "C" NOT NULL,
  source_at timestamptz NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  inserted bigint NOT NULL DEFAULT 0,
  updated bigint NOT NULL DEFAULT 0,
  deleted bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  duplicate bigint NOT NULL DEFAULT 0,
  old bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN warehouse.change_stream.source_at IS 'when the source made the latest change, or said that there was none';

-- Changes that cannot be taken are kept as they came, hence inside the vault: they may hold a National ID.
CREATE TABLE identity.rejected_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  registry text COLLATE "C",
  entity text NOT NULL,
  reasons text[] NOT NULL,
  content text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rejected_change_entity ON identity.rejected_change (entity, id);

-- Whom changes concern, until the households have been found: one row per person, the latest change. `civil`: membership may change.
CREATE TABLE warehouse.changed_person (
  person_ref bigint PRIMARY KEY,
  civil boolean NOT NULL,
  seq bigint NOT NULL
);

-- Households that are to be determined again, each once however many changes concern it.
CREATE TABLE re_evaluation (
  household_ref bigint PRIMARY KEY,
  queued_at timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  -- Code of what stopped the last attempt.
  problem text
);
CREATE INDEX re_evaluation_due ON re_evaluation (due_at);
COMMENT ON COLUMN re_evaluation.due_at IS 'infinity: given up after the last attempt, until the next change or an operator';

ALTER TABLE determination ADD COLUMN reason text NOT NULL DEFAULT 'request' CHECK (reason IN ('request', 're-evaluation'));

-- A re-evaluation that would take something away waits here for a named person; until then the earlier outcome stands.
CREATE TABLE standing_question (
  id uuid PRIMARY KEY,
  household_ref bigint NOT NULL,
  programme text NOT NULL,
  person_ref bigint,
  kind text NOT NULL CHECK (kind IN ('adverse', 'undetermined', 'unit-ended')),
  -- What stands until somebody decides; NULL for one that is served and was judged by runs only.
  earlier_id uuid REFERENCES determination (id),
  -- What the changed data say; NULL when the household or the member is no longer there to be determined.
  later_id uuid REFERENCES determination (id),
  -- Served by the programme when the question arose.
  served boolean NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  settled_by text,
  decision text CHECK (decision IN ('earlier-stands', 'later-holds', 'withdrawn')),
  reason text,
  CHECK ((settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (decision IS NULL))
);
CREATE UNIQUE INDEX standing_question_open ON standing_question (household_ref, programme, coalesce(person_ref, 0)) WHERE settled_at IS NULL;
COMMENT ON COLUMN standing_question.decision IS 'withdrawn: a later re-evaluation no longer takes anything away';
