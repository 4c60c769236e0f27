/** The answer to an application, as JSON text that is stored: as the applicant may read it, before anything is withheld from an organisation. */
import type { PreparedSnapshot } from '../determinations/determination-store.ts'
import { notices } from '../determinations/notices.ts'
import { eyesOf } from '../determinations/eyes/eyes.ts'
import { visibleMembership } from '../determinations/eyes/visible-membership.ts'
import { programmeAnswers } from '../determinations/outcome-answer.ts'
import { readerOf, visibleFacts } from '../determinations/visible-facts.ts'
import type { AssembledHousehold } from '../households/assembled.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { OpenQuestion } from './open-questions.ts'

interface DeterminedApplication {
  readonly id: string
  readonly receivedAt: string
  readonly bundle: Bundle
  readonly assembled: AssembledHousehold
  readonly snapshot: PreparedSnapshot
  readonly questions: readonly OpenQuestion[]
  readonly applicantRef: number
}

export function determinedAnswer({ id, receivedAt, bundle, assembled, snapshot, questions, applicantRef }: DeterminedApplication): string {
  const reader = readerOf(assembled, applicantRef)
  return JSON.stringify({
    id,
    receivedAt,
    status: 'determined',
    resolution: null,
    asOf: snapshot.asOf,
    versionSet: bundle.hash,
    household: visibleMembership(assembled, applicantRef, { catalogue: bundle.catalogue, eyes: eyesOf('citizen', bundle.catalogue, '') }),
    programmes: programmeAnswers(bundle, assembled, snapshot.determinations, { reader, viewer: 'citizen' }),
    questions: questions.map((question) => shownTo(bundle, assembled, question, applicantRef)),
    notices: [notices.potential, notices.appeal],
  })
}

/** The values of a question only to whom they belong; that there is a question, to the applicant. */
function shownTo(
  { catalogue }: Bundle,
  assembled: AssembledHousehold,
  question: OpenQuestion,
  applicantRef: number,
): OpenQuestion & { readonly shown: boolean } {
  const subject = assembled.members.find(({ personRef }) => personRef === question.personRef) ?? null
  const shown =
    question.fact === null || visibleFacts(catalogue, readerOf(assembled, applicantRef), subject, assembled.sheltered)(question.fact)
  return shown ? { ...question, shown } : { ...question, declared: null, administrative: null, shown }
}

export function unresolvedAnswer({
  id,
  receivedAt,
  status,
}: {
  readonly id: string
  readonly receivedAt: string
  readonly status: ProblemCode
}): string {
  const { title, hint } = problemKinds[status]
  return JSON.stringify({
    id,
    receivedAt,
    status,
    resolution: { code: status, title, hint, stored: stored },
    asOf: null,
    versionSet: null,
    household: null,
    programmes: [],
    questions: [],
    notices: [notices.appeal],
  })
}

const stored = {
  en: 'The application is stored as it came; nothing was decided. It can be settled without applying again.',
  ar: 'حُفظ الطلب كما ورد دون اتخاذ أي قرار، ويمكن تسوية الحالة دون تقديم طلب جديد.',
}
