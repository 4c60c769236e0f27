/** The texts of a baseline with a scenario's changes: checked and compiled as any other set of versions, every fault with its place in the request. */
import { isoOfDay } from '../kernel/date.ts'
import { at, type Diagnostic } from '../kernel/diagnostic.ts'
import { didYouMean } from '../language/nearest.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { compileBundle, type NumberedText } from '../programmes/compile-bundle.ts'
import { versionText } from '../programmes/version.ts'
import { lastPlace, putAt } from './json-places.ts'
import type { Change, Scenario } from './scenario-schema.ts'

export interface ScenarioTexts {
  readonly bundle: Bundle
  readonly texts: readonly NumberedText[]
}

export type ScenarioAnswer =
  | ({ readonly ok: true } & ScenarioTexts)
  /** Pointers lead into the request. */
  | { readonly ok: false; readonly errors: readonly Diagnostic[] }

/** `pointer` is the scenario's place in the request; `asOf` the day on which a parameter's value is changed. */
export function scenarioTexts(baseline: readonly NumberedText[], scenario: Scenario, asOf: number, pointer: string): ScenarioAnswer {
  const texts = [...baseline]
  const errors: Diagnostic[] = []
  const written = new Map<string, Written[]>()
  scenario.changes.forEach((change, index) => {
    const place = `${pointer}/changes/${index}`
    const found = changedText(texts, change, asOf, place)
    if ('error' in found) return void errors.push(found.error)
    texts[found.index] = found.text
    const name = nameOf(found.text)
    written.set(name, [...(written.get(name) ?? []), { place: found.place, set: change.set ? Object.keys(change.set) : null }])
  })
  if (errors.length > 0) return { ok: false, errors }
  const { bundle, diagnostics } = compileBundle(texts)
  if (bundle) return { ok: true, bundle, texts }
  const faults = diagnostics.filter(({ severity }) => severity === 'error')
  const placed = faults.map((fault) => ({ ...fault, pointer: placeOf(fault.pointer, written, pointer) }))
  // What is said of the scenario as a whole follows from what is wrong with a text: a programme without its rule is no programme.
  const ofTexts = placed.filter((fault) => fault.pointer !== pointer)
  return { ok: false, errors: ofTexts.length > 0 ? ofTexts : placed }
}

const nameOf = ({ kind, id, version }: Pick<NumberedText, 'kind' | 'id' | 'version'>): string => `${kind}/${id}/${version}`

/** Where the request changes a text: as a whole, or at the places that are set. */
interface Written {
  readonly place: string
  readonly set: readonly string[] | null
}

/** `rule/housing/1#/conditions` is said of the change that wrote it, anything else of the scenario as a whole. */
function placeOf(found: string, written: ReadonlyMap<string, readonly Written[]>, scenario: string): string {
  const cut = found.indexOf('#')
  const [name, within] = cut < 0 ? [found, ''] : [found.slice(0, cut), found.slice(cut + 1)]
  // What is wrong with all programmes together is said of one of them, by its id.
  const [, id, ofProgramme] = name === 'programme' ? (/^\/([^/]+)(.*)$/.exec(within) ?? []) : []
  if (id !== undefined) return placeOf(`programme/${id}#${ofProgramme}`, written, scenario)
  for (const [text, changes] of written) {
    if (text === name || text.startsWith(`${name}/`)) return placeIn(changes, within)
    // Of a parameter: the pointer follows the name.
    if (name.startsWith(`${text}/`)) return placeIn(changes, name.slice(text.length))
  }
  return scenario
}

/** The last change that touches the place, else the last of that text. */
function placeIn(changes: readonly Written[], within: string): string {
  for (const { place, set } of changes.toReversed()) {
    if (set === null) return place.endsWith('/source') ? `${place}${within}` : place
    const [around] = set.filter((key) => within === key || within.startsWith(`${key}/`)).toSorted((a, b) => b.length - a.length)
    if (around !== undefined) return `${at(place, around)}${within.slice(around.length)}`
    const [inside] = set.filter((key) => key.startsWith(`${within}/`))
    if (within !== '' && inside !== undefined) return at(place, inside)
  }
  return changes.at(-1)?.place ?? ''
}

/** Changes of what the baseline has not. Asked first: of what there is not, nothing can be said to be read. */
export function unknownObjects(baseline: readonly NumberedText[], scenarios: readonly Scenario[]): Diagnostic[] {
  return scenarios.flatMap(({ changes }, scenario) =>
    changes.flatMap((change, index) =>
      indexOf(baseline, change) < 0 ? [unknownText(baseline, change, `/scenarios/${scenario}/changes/${index}`).error] : [],
    ),
  )
}

type Found = { readonly index: number; readonly text: NumberedText; readonly place: string } | { readonly error: Diagnostic }

function changedText(texts: readonly NumberedText[], change: Change, asOf: number, place: string): Found {
  const index = indexOf(texts, change)
  const before = texts[index]
  if (!before) return unknownText(texts, change, place)
  const ways = (['source', 'set', 'value'] as const).filter((way) => change[way] !== undefined)
  const [way] = ways
  if (ways.length !== 1 || way === undefined)
    return fault(place, 'change-ambiguous', 'one way of changing it is expected', 'source, set or value')
  if (change.set && Object.keys(change.set).length === 0)
    return fault(
      at(place, 'set'),
      'change-of-nothing',
      'a change that sets no place says nothing',
      'a place, or no change at all: `"changes": []` is the baseline again',
    )
  const json =
    way === 'source' ? { json: change.source } : way === 'set' ? putAt(before.json, change.set ?? {}) : parameterValue(before, change, asOf)
  if ('missing' in json)
    return way === 'set'
      ? leadsNowhere(before.json, json.missing, at(place, 'set'))
      : fault(at(place, way), 'change-leads-nowhere', json.missing, 'set')
  const own = (json.json ?? {}) as { readonly id?: unknown; readonly version?: unknown }
  if (typeof json.json !== 'object' || own.id !== ownName(before) || (NUMBERED.has(before.kind) && own.version !== before.version))
    return fault(
      at(place, way),
      'change-of-identity',
      typeof json.json === 'object' && json.json !== null ? 'a scenario changes what a text says, not its name' : 'a text is an object',
      `id ${ownName(before)}, version ${before.version}`,
    )
  if (before.kind === 'programme' && comparedBy(json.json) !== comparedBy(before.json))
    return fault(
      measurePlace(change, at(place, way)),
      'change-of-measure',
      'units and periods of another kind cannot be compared',
      comparedBy(before.json),
    )
  const beyond = beyondRange(json.json)
  if (beyond !== null)
    return fault(at(place, way), 'json-number-precision', `the number at ${beyond} is too large`, 'a number that is kept exactly')
  const text = versionText(before.kind, before.id, JSON.stringify(json.json), json.json)
  return { index, text: { ...text, version: before.version }, place: at(place, way) }
}

/** A parameter's or definition's file may have another name than it gives itself. */
const ownName = ({ json }: NumberedText): string => String((json as { readonly id?: unknown } | null)?.id)

/** What the units and amounts of a programme are counted in, before and after. */
function comparedBy(json: unknown): string {
  const { unit, targeting } = json as { readonly unit?: unknown; readonly targeting?: { readonly period?: unknown } | null }
  return `unit ${JSON.stringify(unit)}, targeting.period ${JSON.stringify(targeting?.period)}`
}

/** Where a number is that no double holds, such as 1e999; null for nowhere. */
function beyondRange(json: unknown, pointer = ''): string | null {
  if (typeof json === 'number') return Number.isFinite(json) ? null : pointer
  if (typeof json !== 'object' || json === null) return null
  for (const [key, value] of Object.entries(json)) {
    const found = beyondRange(value, at(pointer, key))
    if (found !== null) return found
  }
  return null
}

const NUMBERED = new Set(['formula', 'rule'])

/** The named version, or the newest. */
function indexOf(texts: readonly NumberedText[], { object, id, version }: Change): number {
  let found = -1
  texts.forEach((text, index) => {
    if (text.kind !== object || (text.id !== id && ownName(text) !== id) || (version !== undefined && text.version !== version)) return
    if (found < 0 || text.version > (texts[found] as NumberedText).version) found = index
  })
  return found
}

/** No text of the name, or none of the version. */
function unknownText(texts: readonly NumberedText[], change: Change, place: string): { readonly error: Diagnostic } {
  const { object, id, version } = change
  const named = texts.filter((text) => text.kind === object && (text.id === id || ownName(text) === id))
  if (named.length > 0) {
    const versions = named.map((text) => text.version).join(', ')
    return fault(at(place, 'version'), 'change-of-unknown', `the baseline has no version ${version} of it`, `one of ${versions}`)
  }
  const names = [...new Set(texts.filter(({ kind }) => kind === object).map(ownName))]
  return fault(
    at(place, 'id'),
    'change-of-unknown',
    `the baseline has no ${object} of this name`,
    `one of ${names.join(', ')}`,
    didYouMean(id, names),
  )
}

/** How far the pointer leads, and what is there. */
function leadsNowhere(json: unknown, pointer: string, place: string): { readonly error: Diagnostic } {
  const told = (expected: string, hint?: string) =>
    fault(at(place, pointer), 'change-leads-nowhere', `${JSON.stringify(pointer)} leads nowhere`, expected, hint)
  if (!pointer.startsWith('/')) return told('a JSON Pointer, which begins with /', `did you mean ${JSON.stringify(`/${pointer}`)}?`)
  const { reached, found, step } = lastPlace(json, pointer)
  const where = reached === '' ? 'the text' : JSON.stringify(reached)
  if (Array.isArray(found)) return told(found.length === 0 ? `${where} is empty` : `${where} has places 0 to ${found.length - 1}`)
  if (typeof found !== 'object' || found === null) return told(`${where} has no places`)
  const names = Object.keys(found)
  return told(`${where} has ${names.join(', ')}`, didYouMean(step, names))
}

/** The place of the unit or period that would change. */
function measurePlace({ set = {} }: Change, whole: string): string {
  const [key] = Object.keys(set).filter((one) => ['/unit', '/targeting', '/targeting/period'].includes(one))
  return key === undefined ? whole : at(whole, key)
}

/** The value that holds on the day, replaced; its citation stays, and with it whatever else the text says. */
function parameterValue(
  text: NumberedText,
  { object, value }: Change,
  asOf: number,
): { readonly json: unknown } | { readonly missing: string } {
  const { values } = (text.json ?? {}) as { readonly values?: readonly { readonly from: string; readonly value?: unknown }[] }
  const day = isoOfDay(asOf)
  const place = values?.findLastIndex(({ from }) => from <= day) ?? -1
  if (object !== 'parameter') return { missing: 'only a parameter has a value' }
  if (place < 0 || values?.[place]?.value === undefined)
    return { missing: 'the parameter has rows by key, or no value on that day: use set' }
  return putAt(text.json, { [`/values/${place}/value`]: value })
}

const fault = (pointer: string, code: string, message: string, expected: string, hint?: string): { readonly error: Diagnostic } => ({
  error: { code, pointer, message, expected, ...(hint === undefined ? {} : { hint }), severity: 'error' },
})
