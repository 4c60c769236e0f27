/** What a checker sees on one page: texts line by line, findings, cases, meaning, impact, protected facts and missing grants. */
import type { Principal } from '../../../access/principal.ts'
import type { Database } from '../../../db/database.ts'
import { dayNumber } from '../../../kernel/date.ts'
import type { Diagnostic } from '../../../kernel/diagnostic.ts'
import { problem } from '../../../kernel/problem.ts'
import { slotsOf } from '../../../language/condition/condition.ts'
import type { LegalBasis } from '../../../language/legal-basis.ts'
import type { Language } from '../../../language/messages.ts'
import { textOf } from '../../../language/plain/plain-text.ts'
import type { Bundle, CompiledProgramme } from '../../bundle.ts'
import { programmeOf } from '../../bundle.ts'
import { describeProgramme } from '../../descriptions/describe.ts'
import { readActive } from '../../version-store.ts'
import type { StoredVersion } from '../../version-store.ts'
import { inForce } from '../../versions-in-force.ts'
import type { Versions } from '../../versions-in-force.ts'
import { isNumbered } from '../drafts/authored-kinds.ts'
import type { Audit } from '../drafts/save-draft.ts'
import type { GrantsMissing } from './activate-change.ts'
import { readApprovals, readChangeSet, readChangeTexts, readComments } from './change-set-store.ts'
import type { ChangeText, Person } from './change-set-store.ts'
import { checkChange } from './check-change.ts'
import type { CheckedChange } from './check-change.ts'
import { lineDiff } from './line-diff.ts'
import type { DiffLine } from './line-diff.ts'

/** Each tells what it knows as JSON, or null where it cannot tell. */
export interface ReviewProviders {
  /** How the outcomes of these programmes differ, by meaning. */
  readonly differenceOf: (before: Bundle | null, after: Bundle, programmes: readonly string[], asOf: number) => Promise<unknown>
  /** What the change does to the nation, as far as the viewer may know. */
  readonly impactOf: (change: ReviewedChange, viewer: Viewer) => Promise<unknown>
  readonly suspicionsOf: OutsideSuspicions
}

/** Who is told: what may be told depends on it. */
export type Asker = Pick<Principal, 'entity' | 'permissions'>

/** Warnings that the texts alone cannot give: of registries' data, and of the latest snapshot. */
export type OutsideSuspicions = (
  change: Pick<ReviewedChange, 'effectiveFrom' | 'checked'> & { readonly author: Pick<Person, 'entity'>; readonly asker: Asker },
) => Promise<readonly Diagnostic[]>

export interface ReviewedChange {
  readonly changeSet: string
  readonly effectiveFrom: string
  readonly author: Person
  readonly checked: CheckedChange
}

/** Who looks at a review. */
export interface Viewer extends Pick<Principal, 'id' | 'entity' | 'permissions'> {
  readonly audit: Audit
}

export const noProviders: ReviewProviders = {
  differenceOf: async () => null,
  impactOf: async () => null,
  suspicionsOf: async () => [],
}

export interface ReviewDeps {
  readonly database: Database
  readonly versions: Versions
  readonly providers: ReviewProviders
  readonly grantsMissing: GrantsMissing
}

export async function reviewChange(deps: ReviewDeps, id: string, viewer: Viewer) {
  const { pool } = deps.database
  const set = await readChangeSet(pool, id)
  if (!set) throw problem('change-set-not-found')
  const [texts, approvals, comments, rows] = await Promise.all([
    readChangeTexts(pool, id),
    readApprovals(pool, id),
    readComments(pool, id),
    readActive(pool, set.effectiveFrom),
  ])
  const shown = { changeSet: set, approvals, comments, texts: texts.map((text) => toldText(text, rows)) }
  // Of what is decided the check speaks no more: it would be held against itself.
  if (set.status !== 'submitted' && set.status !== 'approved') return { ...shown, check: null, meaning: null }
  const { effectiveFrom, author } = set
  const checked = await checkChange(deps.database, { texts, effectiveFrom })
  const snapshotSays = await deps.providers.suspicionsOf({ effectiveFrom, author, checked, asker: viewer })
  const told = { ...checked, diagnostics: [...checked.diagnostics, ...snapshotSays] }
  return { ...shown, check: toldCheck(told), meaning: await meaningOf(deps, { changeSet: id, effectiveFrom, author, checked }, viewer) }
}

export const toldCheck = ({ diagnostics, cases, tried, programmes, versions }: CheckedChange) => ({
  diagnostics: diagnostics.slice(0, FINDINGS_SHOWN),
  findings: diagnostics.length,
  cases: cases.map(({ of, id, passed, differences }) => ({ of, id, passed, differences: [...differences] })),
  conditions: tried.flatMap(({ programme, conditions }) =>
    conditions.map(({ canBe, unnoticed, ...one }) => ({ programme, ...one, canBe: [...canBe], unnoticed: [...unnoticed] })),
  ),
  programmes: [...programmes],
  versions: versions.map(({ kind, id, version, hash }) => ({ kind, id, version, hash })),
})

const FINDINGS_SHOWN = 500

async function meaningOf({ versions, providers, grantsMissing }: ReviewDeps, change: ReviewedChange, viewer: Viewer) {
  const { effectiveFrom: day, checked } = change
  const { bundle, programmes } = checked
  if (!bundle) return null
  const before = await versions.inForce(dayNumber(day) as number).catch(() => null)
  const [difference, impact, missing] = await Promise.all([
    providers.differenceOf(before, bundle, programmes, dayNumber(day) as number),
    providers.impactOf(change, viewer),
    grantsMissing(bundle, programmes, day),
  ])
  const of = (value: unknown) => (value === null ? { available: false as const } : { available: true as const, answer: value })
  return {
    difference: of(difference),
    impact: of(impact),
    grantsMissing: [...missing],
    descriptions: programmes.map((id) => toldInPlain(before, bundle, id, dayNumber(day) as number)),
    protectedFacts: programmes.flatMap((id) => protectedFacts(programmeOf(bundle, id))),
  }
}

/** What changes of a programme in plain language, with the sentences around it. */
function toldInPlain(before: Bundle | null, after: Bundle, programme: string, day: number) {
  const textIn = (bundle: Bundle | null, language: Language): string => {
    const compiled = bundle && programmeOf(bundle, programme)
    return bundle && compiled ? textOf(describeProgramme(bundle, compiled, day, language)) : ''
  }
  const of = (language: Language): DiffLine[] => lineDiff(textIn(before, language), textIn(after, language))
  return { programme, ar: of('ar'), en: of('en') }
}

/** Each protected fact with the law that it is used under. */
function protectedFacts(compiled: CompiledProgramme | undefined) {
  if (!compiled) return []
  const { id, rule, programme, formula } = compiled
  const facts = new Map<string, LegalBasis['basis']>()
  const stated = [
    ...(rule.source.legalBasis ?? []),
    ...(programme.source.targeting.legalBasis ?? []),
    ...(formula?.formula.legalBasis ?? []),
  ]
  for (const { fact, basis } of stated) facts.set(fact, basis)
  const conditions = [rule.condition, ...programme.tiers.map(({ condition }) => condition)]
  const used = new Set(conditions.flatMap((condition) => slotsOf(condition).map((slot) => condition.space.types[slot])))
  const ofRule = [...used].flatMap((type) => (type?.protected ? [type.id] : []))
  const ofFormula = (formula?.formula.legalBasis ?? []).map(({ fact }) => fact)
  return [...new Set([...ofRule, ...ofFormula])].map((fact) => ({ programme: id, fact, basis: facts.get(fact) ?? null }))
}

interface ToldText {
  readonly kind: string
  readonly id: string
  readonly hash: string | null
  readonly against: { readonly version: number; readonly hash: string } | null
  readonly lines: DiffLine[]
}

/** Held against what is in force on the day: of a rule or formula the version that is in use then. */
function toldText({ kind, id, hash, source }: ChangeText, rows: readonly StoredVersion[]): ToldText {
  const held = (isNumbered(kind) ? inForce(rows) : rows).filter((row) => row.kind === kind && row.id === id).at(-1)
  return {
    kind,
    id,
    hash,
    against: held ? { version: held.version, hash: held.hash } : null,
    lines: lineDiff(held?.source ?? '', source ?? ''),
  }
}
