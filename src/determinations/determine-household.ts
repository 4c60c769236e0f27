/** From a household reference to outcomes: versions in force, declared answers, assembly, all programmes. */
import type { Database } from '../db/database.ts'
import { assembleHousehold } from '../households/assemble.ts'
import type { AssembledHousehold } from '../households/assembled.ts'
import type { DeclaredAnswers } from '../households/declared.ts'
import { latestDeclaredAnswers } from '../households/declared-answers.ts'
import type { Freshness } from '../households/registry-state.ts'
import { problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { factsAssembled } from './facts-assembled.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import { determine } from './determine.ts'
import type { Determined } from './determine.ts'

export interface DeterminationDeps {
  readonly database: Database
  readonly versions: Versions
  readonly freshness: readonly Freshness[]
  readonly timeZone: string
  /** Hears of every outcome, for the metrics. */
  readonly onOutcome: (programme: string, outcome: string) => void
  /** Hears of programmes over whose rule the two engines disagreed: an alarm. */
  readonly onDisagreement: (programmes: readonly string[], versionSet: string) => void
}

export interface DeterminedHousehold extends Determined {
  readonly bundle: Bundle
  readonly assembled: AssembledHousehold
}

/** The unified form, whose latest answers stand beside administrative values. */
export const INTAKE_FORM = 'intake'

export async function determineHousehold(
  { database, versions, freshness, onOutcome, onDisagreement }: DeterminationDeps,
  {
    householdRef,
    asOf,
    declared,
    personRef,
  }: {
    readonly householdRef: number
    readonly asOf: number
    readonly declared: DeclaredAnswers | null
    /** Whoever was asked for: must be a member on that day. */
    readonly personRef: number
  },
): Promise<DeterminedHousehold> {
  const bundle = await versions.inForce(asOf)
  const assembled = await assembleHousehold(
    { database, catalogue: bundle.catalogue, freshness },
    { householdRef, asOf, declared, facts: factsAssembled(bundle) },
  )
  if (!assembled?.members.some((member) => member.personRef === personRef)) throw problem('household-not-found')
  const determined = await determine(bundle, assembled)
  for (const { programme, outcome } of determined.units) onOutcome(programme, outcome)
  if (determined.disagreements.length > 0) onDisagreement(determined.disagreements, bundle.hash)
  return { ...determined, bundle, assembled }
}

/** What the household declared last, with its members by reference; null when it never did. */
export async function declaredBefore(
  { database }: Pick<DeterminationDeps, 'database'>,
  householdRef: number,
): Promise<DeclaredAnswers | null> {
  const stored = await latestDeclaredAnswers(database.pool, householdRef, INTAKE_FORM)
  return stored && declaredAnswersOf(stored)
}

/** Stored answers as assembly reads them. */
export function declaredAnswersOf({
  applicationId,
  answersText,
}: {
  readonly applicationId: string
  readonly answersText: string
}): DeclaredAnswers {
  const answers = JSON.parse(answersText) as { members?: { personRef?: number | null }[] }
  return { applicationId, answers, members: (answers.members ?? []).map(({ personRef }) => personRef ?? null) }
}
