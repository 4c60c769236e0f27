/** Texts of a definition that may hold a person's number: they are listed, searched and audited. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { at } from '../kernel/diagnostic.ts'
import type { QueryDefinition } from './definition-schema.ts'
import { fault } from './query-diagnostics.ts'

/** In any script, also with separators between the digits. */
const TEN_DIGITS = /(?:\p{Nd}[\s\p{P}\p{Cf}]{0,2}){10}/u
/** The language's findings quote what was written: a number of a person among it is not repeated. */
export const withoutNumbers = (diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  pointer: hidden(diagnostic.pointer),
  message: hidden(diagnostic.message),
  ...(diagnostic.hint === undefined ? {} : { hint: hidden(diagnostic.hint) }),
})

export const hidden = (text: string): string => text.replaceAll(new RegExp(TEN_DIGITS, 'gu'), '…')

const ANNOTATIONS = ['name', 'because', 'citation']

export function textFaults({ name, description, purpose, parameters, where }: QueryDefinition): Diagnostic[] {
  return [
    ...faultsIn(name, '/name'),
    ...faultsIn(description, '/description'),
    ...faultsIn(purpose, '/purpose'),
    ...(parameters ?? []).flatMap(({ label }, index) => faultsIn(label, `/parameters/${index}/label`)),
    ...annotationFaults(where, '/where'),
  ]
}

function faultsIn(value: unknown, pointer: string): Diagnostic[] {
  if (typeof value === 'string') return TEN_DIGITS.test(value) ? [{ ...fault('query-text-digits', []), pointer }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => faultsIn(child, at(pointer, key)))
}

function annotationFaults(json: unknown, pointer: string): Diagnostic[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, child]) =>
    ANNOTATIONS.includes(key) ? faultsIn(child, at(pointer, key)) : annotationFaults(child, at(pointer, key)),
  )
}
