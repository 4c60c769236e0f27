/** The stored answer to an application as an organisation may read it today: told again of the household as it may know it. */
import type Type from 'typebox'
import { determinationsOfApplication } from '../determinations/determination-store.ts'
import { type Eyes, eyesOf, type Viewer } from '../determinations/eyes/eyes.ts'
import { visibleMembership } from '../determinations/eyes/visible-membership.ts'
import { programmeAnswers } from '../determinations/outcome-answer.ts'
import { recall } from '../determinations/recall.ts'
import { readerOf } from '../determinations/visible-facts.ts'
import type { Queryable } from '../db/queryable.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import type { ApplicationAnswer } from './schema.ts'

type Answer = Type.Static<typeof ApplicationAnswer>

/** The stored bytes where nothing is withheld: a retry gets the same. */
export async function projectAnswer(db: Queryable, versions: Versions, answerText: string, viewer: Viewer): Promise<string> {
  const answer = JSON.parse(answerText) as Answer
  if (answer.versionSet === null || answer.household === null) return answerText
  const { catalogue, programmes } = await versions.byHash(answer.versionSet)
  const eyes = programmes.map(({ id }) => eyesOf(viewer, catalogue, id))
  if (eyes.every(({ withheld }) => withheld.size === 0)) return answerText
  const recalled = await Promise.all((await determinationsOfApplication(db, answer.id)).map((stored) => recall(versions, stored)))
  const [first] = recalled
  // INVARIANT: a determined application is stored together with its determinations.
  if (!first) throw new Error(`the determinations of application ${answer.id} are not stored`)
  const units = recalled.map(({ stored, body }) => ({ ...body, programme: stored.programme, id: stored.id }))
  const { personRef } = answer.household.person
  const reader = readerOf(first.assembled, personRef)
  const projected: Answer = {
    ...answer,
    household: visibleMembership(first.assembled, personRef, { catalogue, eyes: eyesOf(viewer, catalogue, '') }),
    programmes: programmeAnswers(first.bundle, first.assembled, units, { reader, viewer }),
    questions: answer.questions.filter((question) => isOpen(catalogue, eyes, question)),
  }
  return JSON.stringify(projected)
}

/** That two values differ tells of both: a question is for those who may see the fact, whichever programme it is for. */
const isOpen = (catalogue: Catalogue, eyes: readonly Eyes[], { fact }: Answer['questions'][number]): boolean =>
  fact === null || (catalogue.facts.has(fact) && eyes.every(({ sees }) => sees(fact)))
