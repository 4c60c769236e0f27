/** A National ID to its household, or the documented refusal. */
import type { Queryable } from '../db/queryable.ts'
import { findHousehold } from '../households/find-household.ts'
import type { HouseholdAnswer } from '../households/find-household.ts'
import { problem } from '../kernel/problem.ts'
import type { ProblemCode } from '../kernel/problem.ts'

export type FoundHousehold = Extract<HouseholdAnswer, { kind: 'found' }>

/** Why there is no household to determine; the codes are also an application's statuses. */
export const unresolvedCodes = {
  'not-found': 'person-not-found',
  dead: 'person-deceased',
  'no-household': 'household-not-found',
  'several-households': 'households-several',
} as const satisfies Record<Exclude<HouseholdAnswer['kind'], 'found'>, ProblemCode>

/** Throws the refusal that belongs to the case, once `refused` has put on record what it tells of the person. */
export async function resolveHousehold(
  db: Queryable,
  nationalId: string,
  refused: (code: ProblemCode, personRef: number | null) => Promise<unknown>,
): Promise<FoundHousehold> {
  const answer = await findHousehold(db, nationalId)
  if (answer.kind === 'found') return answer
  const code = unresolvedCodes[answer.kind]
  await refused(code, answer.kind === 'not-found' ? null : answer.personRef)
  throw problem(code, { pointer: '/nationalId' })
}

/**
 * The member of a household whom a number names. Whoever is none is refused alike, whether anybody has the number, is dead or lives
 * elsewhere: the refusal tells nothing of persons whom the household does not concern. What it was is put on record by `refused`.
 */
export async function resolveMember(
  db: Queryable,
  nationalId: string,
  isMember: (personRef: number) => boolean,
  refused: (code: ProblemCode, personRef: number | null) => Promise<unknown>,
): Promise<number> {
  const answer = await findHousehold(db, nationalId)
  if (answer.kind === 'found' && isMember(answer.personRef)) return answer.personRef
  await refused(
    answer.kind === 'found' ? 'reader-not-member' : unresolvedCodes[answer.kind],
    answer.kind === 'not-found' ? null : answer.personRef,
  )
  throw problem('reader-not-member')
}
