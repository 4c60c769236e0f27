-- Audit events as they may leave the house: subjects by keyed hash; signed checkpoints; what lists and access histories are found by.

-- Made here and never changed: links of form 2 can be proved only with it. 244 random bits.
CREATE TABLE identity.audit_key (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  key bytea NOT NULL CHECK (octet_length(key) = 32)
);
INSERT INTO identity.audit_key (key)
  VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
CREATE TRIGGER audit_key_immutable BEFORE UPDATE OR DELETE ON identity.audit_key FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_key_kept BEFORE TRUNCATE ON identity.audit_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- What is hashed. 1: the body as it is stored; 2: the body with references of persons and households replaced by keyed hashes, as it is exported.
ALTER TABLE audit_link ADD COLUMN form smallint NOT NULL DEFAULT 1 CHECK (form IN (1, 2));
ALTER TABLE audit_link ALTER COLUMN form DROP DEFAULT;

-- The chain's end at some moment, signed outside the database. `signed` is canonical JSON; the columns are read out of it.
CREATE TABLE audit_checkpoint (
  number bigint PRIMARY KEY CHECK (number > 0),
  seq bigint NOT NULL UNIQUE CHECK (seq > 0),
  signed text NOT NULL,
  signature text NOT NULL,
  key_id text NOT NULL,
  public_key text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER audit_checkpoint_immutable BEFORE UPDATE OR DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_checkpoint_kept BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Whom an event is about: `person:7`, `household:3`, wherever the event says so. The same places as src/audit/subjects.ts; a test holds them together.
CREATE FUNCTION audit_subjects(event jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array(
    SELECT 'person:' || (event ->> 'personRef') WHERE event ? 'personRef'
    UNION SELECT 'household:' || (event ->> 'householdRef') WHERE event ? 'householdRef'
    UNION SELECT unnest(array_remove(CASE
        WHEN item ~ '^(person|reader):[0-9]+$' THEN ARRAY['person:' || split_part(item, ':', 2)]
        WHEN item ~ '^household:[0-9]+$' THEN ARRAY[item]
        WHEN item ~ '^enrolment:[^/]+/[0-9]+(/[0-9]+)?$' THEN ARRAY['household:' || split_part(item, '/', 2), 'person:' || nullif(split_part(item, '/', 3), '')]
      END, NULL))
      FROM jsonb_array_elements_text(coalesce(event -> 'objects', '[]') || coalesce(event -> 'read', '[]')) AS item
  )
$$;

CREATE INDEX audit_event_subjects ON audit_event USING gin (audit_subjects(body::jsonb));
CREATE INDEX audit_event_objects ON audit_event USING gin ((body::jsonb -> 'objects') jsonb_path_ops);
CREATE INDEX audit_event_action ON audit_event (action, id);
CREATE INDEX audit_event_actor ON audit_event (actor, id);
CREATE INDEX audit_event_entity ON audit_event ((body::jsonb ->> 'entity'), id);
-- Found by subjects now, and by id.
DROP INDEX audit_event_person;
DROP INDEX audit_event_household;
