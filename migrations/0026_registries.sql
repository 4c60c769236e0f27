-- Registry definitions as they are in force, with their versions; and what is known of registries that are asked person by person.

-- The newest version of a registry holds. Version 1 of a shipped registry is the product's file.
CREATE TABLE warehouse.registry_definition (
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  -- RFC 8785 text, as the hash was taken of it.
  source text NOT NULL,
  -- 'shipped', or who defined it.
  origin text NOT NULL,
  entity text,
  defined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, version)
);

CREATE FUNCTION warehouse.refuse_definition_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'versions of registry definitions never change' USING errcode = 'restrict_violation';
END $$;
CREATE TRIGGER registry_definition_immutable BEFORE UPDATE OR DELETE ON warehouse.registry_definition
  FOR EACH ROW EXECUTE FUNCTION warehouse.refuse_definition_change();
CREATE TRIGGER registry_definition_kept BEFORE TRUNCATE ON warehouse.registry_definition
  FOR EACH STATEMENT EXECUTE FUNCTION warehouse.refuse_definition_change();

-- By one small read every process knows whether the definitions it holds are those in force.
CREATE TABLE warehouse.registry_definition_stamp (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  changes bigint NOT NULL
);
INSERT INTO warehouse.registry_definition_stamp (changes) VALUES (0);
CREATE FUNCTION warehouse.count_definition_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE warehouse.registry_definition_stamp SET changes = changes + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER registry_definition_counted AFTER INSERT ON warehouse.registry_definition
  FOR EACH STATEMENT EXECUTE FUNCTION warehouse.count_definition_change();

-- A registry that is asked person by person has its answers as rows of its table; who was asked and answered stands in `<registry>_answers`.
ALTER TABLE warehouse.load DROP CONSTRAINT load_kind_check;
ALTER TABLE warehouse.load ADD CONSTRAINT load_kind_check CHECK (kind IN ('delivery', 'synthetic', 'changes', 'pulled'));
COMMENT ON COLUMN warehouse.load.kind IS 'changes: all changes that a registry''s source made on one day; pulled: all answers of one day. Their counts stand elsewhere.';
