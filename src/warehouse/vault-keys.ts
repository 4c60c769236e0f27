/** Keys and indexes of the vault and of the list of persons, made apart from the tables so that a first filling can build them at its end. */

/** Each inner list is one table's, to be run in order. */
export const vaultKeys: readonly (readonly string[])[] = [
  [
    'ALTER TABLE identity.identifier ADD CONSTRAINT identifier_pkey PRIMARY KEY (number)',
    'CREATE INDEX identifier_person_ref ON identity.identifier (person_ref)',
    'ANALYZE identity.identifier',
  ],
  ['ALTER TABLE warehouse.person ADD CONSTRAINT person_pkey PRIMARY KEY (person_ref)', 'ANALYZE warehouse.person'],
]

/** Removes what `vaultKeys` made, if it is there. */
export const dropVaultKeys: readonly string[] = [
  'ALTER TABLE identity.identifier DROP CONSTRAINT IF EXISTS identifier_pkey',
  'DROP INDEX IF EXISTS identity.identifier_person_ref',
  'ALTER TABLE warehouse.person DROP CONSTRAINT IF EXISTS person_pkey',
]
