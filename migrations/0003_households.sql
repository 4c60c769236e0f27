-- Households (assistance units), who belongs to them and since when, and what they declared.

CREATE SEQUENCE household_ref_seq AS bigint;

CREATE TABLE household (
  household_ref bigint NOT NULL DEFAULT nextval('household_ref_seq'),
  basis text COLLATE "C" NOT NULL CHECK (basis IN ('booklet', 'residency')),
  record_no text COLLATE "C" NOT NULL,
  CONSTRAINT household_pkey PRIMARY KEY (household_ref),
  CONSTRAINT household_record UNIQUE (record_no, basis)
);
COMMENT ON COLUMN household.record_no IS 'civil record number of the family booklet, or number of the residency file';

-- Half-open intervals [valid_from, valid_to); valid_to NULL: now. Two current rows of one person: the registries conflict.
CREATE TABLE household_member (
  household_ref bigint NOT NULL,
  person_ref bigint NOT NULL,
  is_head boolean NOT NULL,
  relationship text COLLATE "C" NOT NULL,
  basis text COLLATE "C" NOT NULL,
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to > valid_from),
  CONSTRAINT household_member_pkey PRIMARY KEY (person_ref, household_ref, valid_from)
);
CREATE INDEX household_member_household ON household_member (household_ref);

-- A verified statement that a person lives with a household: a declaration, or an address found to be shared.
CREATE TABLE verified_residence (
  person_ref bigint NOT NULL,
  household_ref bigint NOT NULL REFERENCES household,
  basis text COLLATE "C" NOT NULL CHECK (basis IN ('declaration', 'address')),
  relationship text COLLATE "C" NOT NULL CHECK (relationship <> 'head'),
  verified_by text NOT NULL,
  verified_at timestamptz NOT NULL DEFAULT now(),
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to > valid_from),
  PRIMARY KEY (person_ref, valid_from)
);
CREATE INDEX verified_residence_household ON verified_residence (household_ref);

-- What a household said in a form: text as it was received (hashes are taken of it) and as jsonb for assembly. Members by person reference.
CREATE TABLE declared_answers (
  application_id uuid PRIMARY KEY,
  household_ref bigint NOT NULL,
  form text NOT NULL,
  form_version integer NOT NULL,
  answers jsonb NOT NULL,
  answers_text text NOT NULL,
  declared_at timestamptz NOT NULL
);
CREATE INDEX declared_answers_household ON declared_answers (household_ref, form, declared_at DESC);

-- The truth behind a synthetic population, which only simulation and tests may read.
CREATE SCHEMA synthetic;
CREATE TABLE synthetic.true_welfare (
  household_ref bigint PRIMARY KEY,
  percentile double precision NOT NULL,
  expenditure_per_capita numeric(18, 3) NOT NULL
);
COMMENT ON COLUMN synthetic.true_welfare.percentile IS 'true welfare among all households: 0 poorest, 1 richest';
COMMENT ON COLUMN synthetic.true_welfare.expenditure_per_capita IS 'JOD a month';
