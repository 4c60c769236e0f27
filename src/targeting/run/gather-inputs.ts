/** Takes down what a run computes from besides registries and versions, all of one moment. */
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { INTAKE_FORM } from '../../determinations/determine-household.ts'
import { allLatestAnswers, answersHash, answersOf, type LatestAnswers } from '../../households/declared-answers.ts'
import { dayNumber } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { currentEnrolments } from '../enrolments/enrolment-store.ts'
import type { EnrolledColumns, RunInputs } from './run-inputs.ts'
import { applicationDates, registrantHouseholds } from './run-store.ts'

export interface GatherRequest extends Pick<RunInputs, 'asOf' | 'cycle' | 'population' | 'governorates' | 'sample'> {
  /** Entity whose registrants the run is about; null for all. */
  readonly registeredBy: string | null

  /** In which the day of an application is told. */
  readonly timeZone: string
  /** Programmes whose enrolled units count. */
  readonly programmes: readonly string[]
}

export interface Gathered {
  readonly inputs: RunInputs
  readonly answers: readonly LatestAnswers[]
}

const UNHURRIED = 'SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0'

export function gatherInputs(database: Database, { timeZone, programmes, ...asked }: GatherRequest): Promise<Gathered> {
  const gather = async (client: Queryable): Promise<Gathered> => {
    await client.query(UNHURRIED)
    const dates = await applicationDates(client, timeZone)
    const answers = await allLatestAnswers(client, INTAKE_FORM)
    const enrolled: Record<string, EnrolledColumns> = {}
    for (const programme of programmes) enrolled[programme] = await enrolledIn(client, programme)
    const { asOf, cycle, population, registeredBy, governorates, sample } = asked
    const registrants = population === 'registrants' ? await registrantHouseholds(client, registeredBy) : []
    return {
      answers,
      inputs: {
        format: 3,
        asOf,
        cycle,
        population,
        registeredBy,
        registrants,
        governorates,
        sample,
        applications: {
          household: dates.map(({ householdRef }) => householdRef),
          firstDay: dates.map(({ day }) => dayNumber(day) as number),
        },
        declared: {
          household: answers.map(({ householdRef }) => householdRef),
          application: answers.map(({ applicationId }) => applicationId),
          hash: answersHash(answers),
        },
        enrolled,
      },
    }
  }
  return database.transaction(({ client }) => gather(client), { isolation: 'repeatable read' })
}

async function enrolledIn(client: Queryable, programme: string): Promise<EnrolledColumns> {
  const columns = {
    household: [] as number[],
    person: [] as (number | null)[],
    suspended: [] as (0 | 1)[],
    undeterminedSince: [] as (number | null)[],
  }
  for await (const page of currentEnrolments(client, programme))
    for (const { householdRef, personRef, state, undeterminedSince } of page) {
      columns.household.push(householdRef)
      columns.person.push(personRef)
      columns.suspended.push(state === 'suspended' ? 1 : 0)
      columns.undeterminedSince.push(undeterminedSince === null ? null : dayNumber(undeterminedSince))
    }
  return columns
}

/** The answers that the inputs name, as they were; throws `run-inputs-changed` when they are no longer stored so. */
export async function declaredAgain(database: Database, { declared }: RunInputs): Promise<readonly LatestAnswers[]> {
  const answers = await database.transaction(async ({ client }) => {
    await client.query(UNHURRIED)
    return answersOf(client, declared.application)
  })
  if (answersHash(answers) !== declared.hash) throw problem('run-inputs-changed', { detail: 'declared answers' })
  return answers
}
