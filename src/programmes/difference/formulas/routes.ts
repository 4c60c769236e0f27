/** What formulas score, asked by meaning: where two differ, with a household that shows it. */
import type { Server } from '../../../http/server.ts'
import { dayNumber } from '../../../kernel/date.ts'
import { problem } from '../../../kernel/problem.ts'
import type { Bundle } from '../../bundle.ts'
import { VersionParams } from '../../schema.ts'
import { readVersions } from '../../version-store.ts'
import { compareFormulas, formulaOf } from '../compare-formulas.ts'
import type { AnswerInTurn, DifferenceRouteDeps } from '../routes.ts'
import { DiffQuery, FormulaBody, FormulaDifferenceAnswer } from '../schema.ts'

const config = {
  permission: 'versions:read',
  purpose: 'seeing what a change of a rule decides otherwise',
  eventless: 'texts of formulas, which are about nobody',
} as const
const tags = ['authoring']
const MAX_BODY_BYTES = 300 * 1024

export function registerFormulaDifferenceRoutes(app: Server, { db, versions, today }: DifferenceRouteDeps, answer: AnswerInTurn): void {
  const compare = async (
    asOf: string | undefined,
    textsOf: (bundle: Bundle) => Promise<readonly [readonly [string, string], readonly [string, string]]>,
  ) => {
    const day = asOf === undefined ? await today() : (dayNumber(asOf) as number)
    const bundle = await versions.inForce(day)
    const [[before, beforeAt], [after, afterAt]] = await textsOf(bundle)
    const { catalogue } = bundle
    const [old, young] = [formulaOf(bundle, before, beforeAt), formulaOf(bundle, after, afterAt)]
    return answer(() => compareFormulas({ formula: old, catalogue }, { formula: young, catalogue }, day))
  }
  const stored = async (id: string, version: number, pointer: string): Promise<string> => {
    const found = (await readVersions(db, 'formula', id)).find((one) => one.version === version)
    if (!found) throw problem('version-not-found', { pointer })
    return found.source
  }
  const diff = {
    tags,
    summary: 'Where two versions of a formula score otherwise, with a household that shows it',
    description: 'Formulas that differ in names and in the order of their terms only are proven equivalent.',
    params: VersionParams,
    querystring: DiffQuery,
    response: { 200: FormulaDifferenceAnswer },
  }
  app.get('/v1/formulas/:id/versions/:version/diff', { config, schema: diff }, async ({ params: { id, version }, query }) =>
    compare(query.asOf, async () => [
      [await stored(id, query.against, 'query/against'), 'query/against'],
      [await stored(id, version, 'params/version'), 'params/version'],
    ]),
  )
  const texts = {
    tags,
    summary: 'Where two formulas that are sent score otherwise; nothing is stored',
    body: FormulaBody,
    response: { 200: FormulaDifferenceAnswer },
  }
  app.post('/v1/formulas/diff', { config, schema: texts, bodyLimit: MAX_BODY_BYTES }, async ({ body }) =>
    compare(body.asOf, async () => [
      [body.before, '/before'],
      [body.after, '/after'],
    ]),
  )
}
