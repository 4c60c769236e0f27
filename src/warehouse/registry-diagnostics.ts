/** The codes that only the check of a registry definition reports; shape errors carry the codes of the language's table. */
import type { Diagnostic } from '../kernel/diagnostic.ts'

export const registryDiagnosticCodes = {
  'registry-file': 'The file is not where its registry belongs: in the folder of its custodian (small letters), named after its id.',
  'registry-repeats': 'Two registries have the same id.',
  'custodian-unknown': 'The custodian is not one of the entities.',
  'words-language': 'The English is in Arabic letters or the Arabic has none.',
  'registry-name':
    'A registry is named by small letters, digits and _, at most 40; one that is defined at run time begins with its custodian. Some names stand for other tables.',
  'index-name': 'The name of an index, made of the registry and its columns, is at most 63 long and no other index has it.',
  'column-name': 'A column name is small letters, digits and _, and not one that every table has or that a database keeps for itself.',
  'column-repeats': 'Two columns have the same name.',
  'column-unknown': 'The registry has no such column.',
  'key-optional': 'A column of the key must be `required`.',
  'key-of-one': 'A registry of one row per person has no further key; one of many rows needs it.',
  'conflict-column': 'Rows that conflict have the same key: a column outside it must tell which is the latest.',
  'codes-misplaced': 'A category has codes, and no other column has.',
  'code-malformed': 'A code holds a control character.',
  'code-list-unknown': 'There is no code list of this name.',
  'scale-misplaced':
    'A decimal has a scale of at most 6 and a unit; money has scale 3. Other columns have no scale, and only integers a unit.',
  'unit-invalid': 'The unit is not made of symbols, * and /.',
  'range-misplaced': '`min` and `max` are for numbers, in this order.',
  'dwelling-rows': 'A registry of dwellings has one row per person.',
  'connector-misplaced':
    'A registry that is pulled has a connector, names no other persons and is none of dwellings; any other has no connector.',
  'connector-value':
    'A connector reaches one operation of the service bus, by a plain path, and says where each column stands in an answer.',
  'registry-name-taken': 'Another registry, or an index of one, has this name, or its source has.',
  'change-incompatible':
    'A registry that holds rows changes by new optional columns, more codes, wider ranges, words, ages, indexes, and columns that nothing reads any more.',
  'column-in-use': 'A column that facts, saved queries or grants speak of cannot be taken out.',
  'shelters-column': '`shelters` names columns with codes, and a code of each.',
  'generator-trait': 'Synthetic persons have no such trait or latent value.',
  'generator-share': 'A rate, a chance or a share lies between 0 and 1.',
  'generator-span': 'A span is written [low, high].',
  'generator-type': 'This kind of value does not fit a column of this type.',
  'generator-code': 'The value is not one of the codes of the column.',
  'generator-required': 'A required column gets no value, or may get none.',
  'generator-rows': 'Months and quarters need a date column of the key, filled by `month`.',
  'generator-population': 'The generator reaches persons whom the registry does not cover.',
} as const satisfies Readonly<Record<string, string>>

export type RegistryDiagnosticCode = keyof typeof registryDiagnosticCodes

interface More {
  readonly expected?: string
  readonly hint?: string | undefined
}

/** One error of the table above. */
export function fault(code: RegistryDiagnosticCode, pointer: string, message: string, { expected, hint }: More = {}): Diagnostic {
  return { code, pointer, message, ...(expected ? { expected } : {}), ...(hint ? { hint } : {}), severity: 'error' }
}
