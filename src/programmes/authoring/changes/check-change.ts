/** Whether a change could come into force on its day: its texts compiled together with all that holds then, and every worked case run. */
import { setImmediate as others } from 'node:timers/promises'
import type { Database } from '../../../db/database.ts'
import type { Queryable } from '../../../db/queryable.ts'
import { dayNumber } from '../../../kernel/date.ts'
import type { Diagnostic } from '../../../kernel/diagnostic.ts'
import { finding, quote } from '../../../language/diagnostic-codes.ts'
import { parseJsonText } from '../../../language/json-text.ts'
import type { Bundle } from '../../bundle.ts'
import type { NumberedText } from '../../compile-bundle.ts'
import { retiredInUse } from './retired-facts.ts'
import { compileBundle } from '../../compile-bundle.ts'
import { SHARED_KINDS } from '../../compile-shared.ts'
import { programmesReached, type TextsCompiled } from '../../programmes-reached.ts'
import type { CaseRun, CaseRuns } from '../../shipped-cases.ts'
import { runShippedCases } from '../../shipped-cases.ts'
import { suspicionsOf } from '../../suspicions/suspicions.ts'
import { readActive, readLaterDays, readNumbers, readStamp, textOf } from '../../version-store.ts'
import type { StoredVersion } from '../../version-store.ts'
import { versionText } from '../../version.ts'
import type { VersionText } from '../../version.ts'
import { inForce } from '../../versions-in-force.ts'
import { isNumbered } from '../drafts/authored-kinds.ts'
import type { ChangeText } from './change-set-store.ts'
import { asIfNamed, statedId, unnamedRules } from './named-in-texts.ts'

export interface Change {
  readonly texts: readonly Pick<ChangeText, 'kind' | 'id' | 'source'>[]
  /** The day from which it is to hold. */
  readonly effectiveFrom: string
}

export interface CheckedChange {
  /** Errors and warnings; pointers begin with the text's name: `rule/housing/2#/conditions/all/0`. */
  readonly diagnostics: readonly Diagnostic[]
  readonly cases: readonly CaseRun[]
  /** How far the cases try the conditions of the programmes that the change touches. */
  readonly tried: CaseRuns['tried']
  /** Absent when anything does not compile. */
  readonly bundle?: Bundle
  /** What the change puts into force, with the numbers that it would get. */
  readonly versions: readonly NumberedText[]
  /** Programmes of which the change brings the programme, its rule, its formula or its cases, or a shared text that any of these reads. */
  readonly programmes: readonly string[]
  /** What was in the database when it was checked. */
  readonly stamp: number
}

export const isFaulty = ({ diagnostics }: Pick<CheckedChange, 'diagnostics'>): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

export async function checkChange({ pool }: Pick<Database, 'pool'>, change: Change): Promise<CheckedChange> {
  const stamp = await readStamp(pool)
  const rows = await readActive(pool, change.effectiveFrom)
  const found: Diagnostic[] = []
  const versions = await numbered(pool, change, found)
  if (versions === null) return { diagnostics: found, cases: [], tried: [], versions: [], programmes: [], stamp }
  const texts = textsOn(rows, change, versions)
  const unnamed = unnamedRules(texts, versions)
  for (const { kind, id, version } of unnamed)
    found.push(
      finding('rule-not-named', `${kind}/${id}/${version}#/version`, `no programme names version ${version} of this rule`, {
        hint: `add a draft of programme/${id} with "rule": {"id": ${quote(id)}, "version": ${version}}`,
      }),
    )
  await others()
  const { bundle, diagnostics } = compileBundle(asIfNamed(texts, unnamed).filter(({ kind }) => kind !== 'cases'))
  found.push(...diagnostics)
  const before = textsOn(rows, { ...change, texts: [] }, [])
  if (change.texts.some(({ kind }) => kind === 'catalogue')) found.push(...retiredInUse(before, texts))
  if (!bundle) return { diagnostics: found, cases: [], tried: [], versions, programmes: [], stamp }
  await others()
  const programmes = touched({ bundle, texts }, before, change, versions)
  if (!isFaulty({ diagnostics: found })) found.push(...(await laterProblems(pool, change, versions)))
  await others()
  const { runs: cases, tried } = runCases(bundle, texts, change.effectiveFrom, programmes, found)
  const triedHere = tried.filter(({ programme }) => programmes.includes(programme))
  const asOf = dayNumber(change.effectiveFrom) as number
  await others()
  found.push(...suspicionsOf({ bundle, programmes, texts: versions, asOf }))
  return { diagnostics: found, cases, tried: triedHere, bundle, versions, programmes, stamp }
}

/** The texts with the numbers they would get, or null when one cannot even be read. */
async function numbered(db: Queryable, { texts, effectiveFrom }: Change, found: Diagnostic[]): Promise<NumberedText[] | null> {
  const made: NumberedText[] = []
  let readable = true
  for (const { kind, id, source } of texts) {
    const report = (d: Diagnostic): void => void found.push({ ...d, pointer: `${kind}/${id}#${d.pointer}` })
    if (source === null) {
      if (isNumbered(kind)) report(finding('retire-numbered', '', 'a rule or formula is taken out of force by the programme that names it'))
      continue
    }
    const { value, diagnostics } = parseJsonText(source)
    diagnostics.forEach(report)
    const stated = (value ?? {}) as { readonly version?: unknown; readonly effectiveFrom?: unknown }
    if (
      isNumbered(kind) &&
      !(Number.isInteger(stated.version) && (stated.version as number) > 0 && (stated.version as number) <= NUMBER_MAX)
    )
      report(
        finding('missing-key', '/version', 'a rule or formula states its number', { expected: `a whole number from 1 to ${NUMBER_MAX}` }),
      )
    if (found.some(({ pointer, severity }) => severity === 'error' && pointer.startsWith(`${kind}/${id}#`))) {
      readable = false
      continue
    }
    const named = statedId(kind, value)
    if (named !== undefined && named.id !== id)
      report(finding('id-differs', named.pointer, `the draft is of ${quote(id)} and its text speaks of another`, { expected: quote(id) }))
    if (isNumbered(kind) && stated.effectiveFrom !== effectiveFrom)
      report(
        finding('effective-date-differs', '/effectiveFrom', 'the change comes into force on another day', {
          expected: quote(effectiveFrom),
        }),
      )
    if (['rule', 'programme', 'cases'].includes(kind) && FOLDERS_TAKEN.has(id.replace(/^programme\//, '')))
      report(finding('wrong-value', '/id', `${quote(id)} is the name of a folder of shared texts`, { expected: 'another id' }))
    const text = versionText(kind, id, source, value)
    const known = await readNumbers(db, kind, id)
    const last = Math.max(0, ...known.map(({ version }) => version))
    if (text.version !== null && known.some(({ version }) => version === text.version))
      report(
        finding('version-taken', '/version', `version ${text.version} is there already, and a version never changes`, {
          expected: `${last + 1}`,
        }),
      )
    made.push({ ...text, version: text.version ?? last + 1 })
  }
  return readable ? made : null
}

const NUMBER_MAX = 1_000_000
/** In rules/, beside the programmes' own folders. */
const FOLDERS_TAKEN = new Set(['catalogue', 'definitions', 'parameters'])

/** Everything in force on the day with the change put in: what it replaces left out, rules only where a programme names them. */
function textsOn(rows: readonly StoredVersion[], { texts }: Change, versions: readonly NumberedText[]): NumberedText[] {
  const changed = new Set(texts.filter(({ kind }) => !isNumbered(kind)).map(({ kind, id }) => `${kind}/${id}`))
  const kept = [...inForce(rows), ...rows.filter(({ kind }) => kind === 'cases')].filter(({ kind, id }) => !changed.has(`${kind}/${id}`))
  const named = new Set([...kept, ...versions].filter(({ kind }) => kind === 'programme').map(({ source }) => ruleNamed(source)))
  const rules = rows.filter(({ kind, id, version }) => kind === 'rule' && named.has(`${id}/${version}`))
  const stored = [...kept.filter(({ kind }) => kind !== 'rule'), ...rules].map((row) => textOf(row) as NumberedText)
  const news = versions.filter(
    ({ kind, id, version }) => !stored.some((one) => one.kind === kind && one.id === id && one.version === version),
  )
  return [...stored, ...news]
}

/** Changes scheduled for later days were checked without this one: whether they still compile with it. */
async function laterProblems(db: Queryable, change: Change, versions: readonly NumberedText[]): Promise<Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const day of await readLaterDays(db, change.effectiveFrom)) {
    const rows = await readActive(db, day)
    // Of what a later change replaces, this one no longer decides.
    const holds = ({ kind, id }: { readonly kind: string; readonly id: string }): boolean =>
      isNumbered(kind) || !rows.some((row) => row.kind === kind && row.id === id && row.effectiveFrom > change.effectiveFrom)
    const later = { ...change, texts: change.texts.filter(holds) }
    await others()
    const { diagnostics } = compileBundle(textsOn(rows, later, versions.filter(holds)).filter(({ kind }) => kind !== 'cases'))
    for (const wrong of diagnostics)
      if (wrong.severity === 'error') found.push({ ...wrong, message: `together with what is scheduled for ${day}: ${wrong.message}` })
  }
  return found
}

function ruleNamed(source: string): string {
  const { rule } = JSON.parse(source) as { readonly rule?: { readonly id?: unknown; readonly version?: unknown } }
  return `${String(rule?.id)}/${String(rule?.version)}`
}

function touched(after: TextsCompiled, before: readonly NumberedText[], { texts }: Change, versions: readonly NumberedText[]): string[] {
  const has = (kind: string, id: string, version?: number): boolean =>
    versions.some((one) => one.kind === kind && one.id === id && (version === undefined || one.version === version))
  const reached = reachedFromShared(after, before, texts)
  return after.bundle.programmes
    .filter(
      ({ id, ruleRef, formula }) =>
        reached(id) ||
        has('programme', id) ||
        texts.some((text) => text.kind === 'cases' && text.id === `programme/${id}`) ||
        has('rule', ruleRef.id, ruleRef.version) ||
        (formula !== null && has('formula', formula.ref.id, formula.ref.version)),
    )
    .map(({ id }) => id)
}

/** Whoever reads a shared text that changes comes to decide by other facts, without a word of its own changed. */
function reachedFromShared(after: TextsCompiled, before: readonly NumberedText[], texts: Change['texts']): (programme: string) => boolean {
  if (!texts.some(({ kind }) => SHARED_KINDS.has(kind))) return () => false
  const { bundle } = compileBundle(before.filter(({ kind }) => kind !== 'cases'))
  // With nothing to compare it with, every programme may read what changes.
  if (!bundle) return () => true
  const reached = programmesReached({ bundle, texts: before }, after)
  return (programme) => reached.has(programme)
}

/** Every case of every programme: a definition that changes reaches further than the text that was written. */
function runCases(
  bundle: Bundle,
  texts: readonly VersionText[],
  effectiveFrom: string,
  programmes: readonly string[],
  found: Diagnostic[],
): Pick<CaseRuns, 'runs' | 'tried'> {
  const { runs, diagnostics, untried, tried } = runShippedCases(bundle, texts, dayNumber(effectiveFrom) ?? 0)
  found.push(...diagnostics)
  for (const { of, id, differences } of runs.filter(({ passed, differences }) => !passed && differences.length > 0))
    found.push(finding('case-fails', `cases/${of}#`, `the case ${quote(id)} comes out otherwise: ${differences.join('; ')}`))
  found.push(...untried)
  for (const id of programmes)
    if (!runs.some(({ of }) => of === `programme/${id}`))
      found.push(
        finding('case-coverage', `cases/programme/${id}#/cases`, 'the programme has no cases', {
          hint: `add a draft of cases, programme/${id}`,
        }),
      )
  return { runs, tried }
}
