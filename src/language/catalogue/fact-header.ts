import { isScale, MAX_SCALE } from '../../kernel/decimal.ts'
import { at } from '../../kernel/diagnostic.ts'
import type { FactType, ValueType, Words } from '../fact-space.ts'
import type { Entity } from './catalogue.ts'
import { checkDeprecation, type Deprecation } from './deprecation.ts'
import { type Findings, isObject, quote } from './diagnostics.ts'
import { parseUnit } from './unit.ts'
import { checkWords } from './words.ts'

/** A fact's header: everything but how it is computed, which needs the other facts' headers first. */
export interface FactHeader extends FactType {
  readonly entity: Entity
  readonly description: Words | null
  readonly custodian: string
  readonly correctable: boolean
  readonly illustrative: boolean
  readonly deprecated: Deprecation | null
  readonly json: Readonly<Record<string, unknown>>
  readonly pointer: string
}

export type CodeLists = ReadonlyMap<string, Readonly<Record<string, Words>>>

const TYPES: readonly ValueType[] = ['integer', 'decimal', 'boolean', 'date', 'category']
const KEYS = new Set([
  'id',
  'type',
  'scale',
  'unit',
  'codes',
  'label',
  'description',
  'custodian',
  'correctable',
  'protected',
  'illustrative',
  'deprecated',
  'citation',
  'min',
  'definition',
])
// No name of Object.prototype and nothing that could end in __lo: ids become object keys and SQL columns.
const FACT_ID = /^[a-z][A-Za-z0-9]*(?:\.[a-z][a-z0-9-]*)?$/

export function checkHeader(json: unknown, entity: Entity, codeLists: CodeLists, out: Findings, pointer: string): FactHeader | undefined {
  if (!isObject(json))
    return out.error('fact-not-object', pointer, `${quote(json)} is not a fact`, { expected: '{"id", "type", "label", "definition", ...}' })
  for (const key of Object.keys(json)) {
    if (!KEYS.has(key))
      out.error('unknown-key', at(pointer, key), `${quote(key)} is not a key of a fact`, { expected: [...KEYS].join(', ') })
  }
  const { id, type, unit } = json
  if (typeof id !== 'string' || !FACT_ID.test(id) || id.length > 60) {
    return out.error('fact-id', at(pointer, 'id'), `${quote(id)} is not a fact id`, {
      expected: 'camelCase letters and digits, at most 60',
    })
  }
  if (!TYPES.includes(type as ValueType))
    return out.error('fact-type', at(pointer, 'type'), `${quote(type)} is not a type`, { expected: TYPES.join(', ') })
  const numeric = type === 'integer' || type === 'decimal'
  if (numeric && (typeof unit !== 'string' || !parseUnit(unit))) {
    out.error('unknown-unit', at(pointer, 'unit'), `${quote(unit)} is not a unit`, {
      expected: 'for example "JOD/month", "persons", "years", "ratio"',
    })
  }
  const scale = type === 'decimal' ? json['scale'] : 0
  if (!isScale(scale)) {
    out.error('fact-scale', at(pointer, 'scale'), `a decimal has a scale of 0 to ${MAX_SCALE} places`, { expected: '3 for JOD' })
  }
  const codeLabels = type === 'category' ? checkCodes(json['codes'], codeLists, out, at(pointer, 'codes')) : null
  return {
    id,
    type: type as ValueType,
    scale: Number(scale) || 0,
    unit: numeric && typeof unit === 'string' ? unit : null,
    codes: codeLabels ? Object.keys(codeLabels) : null,
    codeLabels,
    label: checkWords(json['label'], out, at(pointer, 'label')),
    description: json['description'] === undefined ? null : checkWords(json['description'], out, at(pointer, 'description')),
    protected: json['protected'] === true,
    entity,
    custodian:
      typeof json['custodian'] === 'string'
        ? json['custodian']
        : (out.error('fact-custodian', at(pointer, 'custodian'), 'a fact names its custodian'), ''),
    correctable: json['correctable'] === true,
    illustrative: json['illustrative'] === true,
    deprecated: checkDeprecation(json['deprecated'], out, at(pointer, 'deprecated')),
    json,
    pointer,
  }
}

function checkCodes(json: unknown, lists: CodeLists, out: Findings, pointer: string): Readonly<Record<string, Words>> {
  if (typeof json === 'string') {
    const list = lists.get(json)
    if (list) return readCodes(list, out, pointer)
    out.error('unknown-code-list', pointer, `${quote(json)} is not a code list`, { expected: [...lists.keys()].join(', ') })
    return {}
  }
  return readCodes(json, out, pointer)
}

function readCodes(json: unknown, out: Findings, pointer: string): Readonly<Record<string, Words>> {
  if (!isObject(json) || Object.keys(json).length === 0) {
    out.error('codes-missing', pointer, 'a category lists its codes with labels', {
      expected: '{"code": {"en", "ar"}} or the name of a code list',
    })
    return {}
  }
  return Object.fromEntries(Object.entries(json).map(([code, words]) => [code, checkWords(words, out, at(pointer, code))]))
}
