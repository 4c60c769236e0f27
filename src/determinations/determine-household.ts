/** From a household reference to outcomes: versions in force, declared answers, assembly, all programmes. */
import type { Database } from '../db/database.ts'
import type { Queryable } from '../db/queryable.ts'
import { assembleHousehold } from '../households/assemble.ts'
import type { AssembledHousehold } from '../households/assembled.ts'
import type { DeclaredAnswers } from '../households/declared.ts'
import { setEnrolled, statusSlots } from '../households/enrolled-status.ts'
import { latestDeclaredAnswers } from '../households/declared-answers.ts'
import { type Pulling, pullHousehold } from '../households/pull-household.ts'
import type { FreshnessNow } from '../households/registry-state.ts'
import { problem } from '../kernel/problem.ts'
import type { FactValues } from '../language/fact-space.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { shelteredPersons } from '../warehouse/sheltered.ts'
import { factsAssembled } from './facts-assembled.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import { type PlaceOfScore, standingsOf } from './standing.ts'
import { determine } from './determine.ts'
import type { Determined } from './determine.ts'

/** Questions that the room above answers: its tables are not known here. */
export interface KnownToTargeting {
  /** Programmes that serve the household or one of its members, by their own systems' reports. */
  readonly programmesServing: (
    db: Queryable,
    unit: { readonly householdRef: number; readonly personRefs: readonly number[] },
  ) => Promise<ReadonlySet<string>>
  /** Where a score would stand in the run that was published last. */
  readonly placeInLatestRun: (db: Queryable, ...asked: Parameters<PlaceOfScore>) => ReturnType<PlaceOfScore>
}

/** A household whose determinations are being stored. */
export interface StoredHousehold {
  readonly householdRef: number
  readonly snapshotId: string
  /** Members of eighteen years or more, or whose age is not known. */
  readonly adults: readonly number[]
}

export interface DeterminationDeps {
  readonly database: Database
  readonly versions: Versions
  readonly freshness: FreshnessNow
  /** Registries that are asked live; left out, what is in the warehouse is all that is known. */
  readonly pulling?: Pulling
  readonly timeZone: string
  /** What targeting knows of a household. */
  readonly targeting: KnownToTargeting
  /** In the transaction that stores a snapshot: what the members are to be told. */
  readonly onStored?: (client: Queryable, stored: StoredHousehold) => Promise<unknown>
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
  { database, versions, freshness, pulling, targeting, onOutcome, onDisagreement }: DeterminationDeps,
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
  const facts = factsAssembled(bundle)
  const unanswered = await pullHousehold({ database, catalogue: bundle.catalogue, pulling }, { householdRef, asOf, facts })
  const alone = await assembleHousehold(
    { database, catalogue: bundle.catalogue, freshness: await freshness() },
    { householdRef, asOf, declared, facts, unanswered },
  )
  if (!alone?.members.some((member) => member.personRef === personRef)) throw problem('household-not-found')
  const assembled = await amongOthers(database.pool, targeting, bundle, alone)
  const determined = await determine(bundle, assembled)
  for (const { programme, outcome } of determined.units) onOutcome(programme, outcome)
  if (determined.disagreements.length > 0) onDisagreement(determined.disagreements, bundle.hash)
  return { ...determined, bundle, assembled }
}

/** The household with what programmes report of it, where it stands among others and whose address is kept; of facts nothing is asked that no rule reads. */
async function amongOthers(
  db: Queryable,
  { programmesServing, placeInLatestRun }: KnownToTargeting,
  bundle: Bundle,
  assembled: AssembledHousehold,
): Promise<AssembledHousehold> {
  const { householdRef, household, members } = assembled
  const { types } = bundle.catalogue.household
  if (statusSlots(bundle.catalogue).some(({ slot }) => factsAssembled(bundle).has(types[slot]?.id ?? ''))) {
    const personRefs = members.map(({ personRef }) => personRef)
    setEnrolled(bundle.catalogue, household, await programmesServing(db, { householdRef, personRefs }))
  }
  // After the enrolments: a formula may read them.
  const standings = await standingsOf(bundle, household, (asked) => placeInLatestRun(db, asked))
  const sheltered = await shelteredPersons(
    db,
    members.map(({ personRef }) => personRef),
  )
  return { ...assembled, standings, sheltered }
}

const ADULT_YEARS = 18

export function storedHousehold(
  { bundle, assembled }: Pick<DeterminedHousehold, 'bundle' | 'assembled'>,
  snapshotId: string,
): StoredHousehold {
  const age = bundle.catalogue.person.slot('age')
  const mayBeAdult = ({ hi }: FactValues): boolean => age === undefined || !((hi[age] as number) < ADULT_YEARS)
  const adults = assembled.members.flatMap(({ personRef, facts }) => (mayBeAdult(facts) ? [personRef] : []))
  return { householdRef: assembled.householdRef, snapshotId, adults }
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
