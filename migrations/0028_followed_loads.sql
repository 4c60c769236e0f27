-- Loads are followed as changes are: whose rows a load changed stands in those rows by its place in the sequence, so one row here is enough.
CREATE TABLE warehouse.load_to_follow (
  seq bigint PRIMARY KEY,
  registry text COLLATE "C" NOT NULL,
  -- Columns of the registry that name other persons, whom its rows concern too.
  person_columns text[] NOT NULL,
  membership_due boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE warehouse.load_to_follow IS 'loads whose households are still to be found; written in their own transaction';

-- Households that somebody joined or left, each with the place of the latest change: one that was left is named by no present row.
CREATE TABLE household_change (
  household_ref bigint PRIMARY KEY,
  seq bigint NOT NULL
);
CREATE INDEX household_change_seq ON household_change (seq);

-- Up to which place changes of membership have been followed, whatever caused them.
CREATE TABLE membership_followed (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  seq bigint NOT NULL
);
INSERT INTO membership_followed (seq) SELECT seq FROM membership_state;

-- A full delivery of a day speaks of every row of the registry: a change of an earlier day is old, even where it has no row to be held against.
ALTER TABLE warehouse.registry_state ADD COLUMN full_as_of date;
UPDATE warehouse.registry_state s SET full_as_of = l.as_of
  FROM (SELECT registry, max(as_of) AS as_of FROM warehouse.load WHERE mode = 'full' AND loaded_at IS NOT NULL GROUP BY registry) l WHERE l.registry = s.registry;
COMMENT ON COLUMN warehouse.registry_state.full_as_of IS 'day of the latest full delivery; what changes of earlier days say is known better';
