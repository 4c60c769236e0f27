/** What a person declared, or what was declared of the person: other members' own answers are left out. */
import type { Queryable } from '../../db/queryable.ts'
import type { Subject } from './subject.ts'

interface Member {
  readonly personRef?: number | null
}

type Answers = Readonly<Record<string, unknown>> & { readonly applicant?: Member; readonly members?: readonly Member[] }

/** What the applicant wrote or what tells how the applicant is reached: to nobody else. */
const OF_APPLICANT = ['applicant', 'remarks', 'address', 'notice']

export interface OwnAnswers {
  readonly application: string
  readonly declaredAt: string
  readonly asApplicant: boolean
  readonly answers: Readonly<Record<string, unknown>>
}

export async function ownAnswers(db: Queryable, { personRefs, households }: Subject, keepsAddresses: boolean): Promise<OwnAnswers[]> {
  const { rows } = await db.query<{ application: string; declaredAt: Date; text: string }>(
    `select application_id as application, declared_at as "declaredAt", answers_text as text from declared_answers
     where household_ref = any ($1::bigint[]) order by declared_at, application_id`,
    [[...new Set(households.map(({ householdRef }) => householdRef))]],
  )
  const isSelf = ({ personRef }: Member = {}): boolean => typeof personRef === 'number' && personRefs.includes(personRef)
  return rows.flatMap(({ application, declaredAt, text }) => {
    const { members = [], ...answers } = JSON.parse(text) as Answers
    const [asApplicant, own] = [isSelf(answers.applicant), members.find(isSelf)]
    if (!asApplicant && !own) return []
    const hidden = new Set([...(asApplicant ? [] : OF_APPLICANT), ...(keepsAddresses ? ['address'] : [])])
    const shown = Object.entries(answers).filter(([name]) => !hidden.has(name))
    const told = Object.fromEntries([...shown, ['members', { count: members.length, own: own ?? null }]])
    return [{ application, declaredAt: declaredAt.toISOString(), asApplicant, answers: told }]
  })
}
