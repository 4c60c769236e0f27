/** What decides, published: catalogue, programmes, rules and formulas with their texts, as they are in force. */
import type { Queryable } from '../db/queryable.ts'
import type { Server } from '../http/server.ts'
import { isoOfDay } from '../kernel/date.ts'
import { problem } from '../kernel/problem.ts'
import { formatPoints } from '../language/formula/score-tables.ts'
import type { Bundle } from './bundle.ts'
import { factAnswer } from './catalogue/fact-page.ts'
import {
  CatalogueAnswer,
  FormulaListAnswer,
  NameParams,
  ProgrammeListAnswer,
  SourceAnswer,
  VersionParams,
  VersionsAnswer,
} from './schema.ts'
import { readVersions } from './version-store.ts'
import type { VersionKind, VersionRef } from './version.ts'
import type { Versions } from './versions-in-force.ts'

export interface VersionRouteDeps {
  readonly db: Queryable
  readonly versions: Versions
  /** The day that answers speak of. */
  readonly today: () => Promise<number>
}

const config = { permission: 'versions:read' } as const
const tags = ['versions']
const used = ({ id, version, hash }: VersionRef) => ({ id, version, hash })

export function registerVersionRoutes(app: Server, deps: VersionRouteDeps): void {
  const inForce = async () => {
    const day = await deps.today()
    const bundle = await deps.versions.inForce(day)
    return { bundle, answer: { asOf: isoOfDay(day), versionSet: bundle.hash } }
  }
  app.get(
    '/v1/catalogue',
    { config, schema: { tags, summary: 'Facts and parameters that a rule can speak of', response: { 200: CatalogueAnswer } } },
    async () => {
      const { bundle, answer } = await inForce()
      return { ...answer, ...catalogueAnswer(bundle) }
    },
  )
  app.get(
    '/v1/programmes',
    { config, schema: { tags, summary: 'Programmes in force', response: { 200: ProgrammeListAnswer } } },
    async () => {
      const { bundle, answer } = await inForce()
      return { ...answer, programmes: bundle.programmes.map(programmeAnswer) }
    },
  )
  app.get('/v1/formulas', { config, schema: { tags, summary: 'Formulas in force', response: { 200: FormulaListAnswer } } }, async () => {
    const { bundle, answer } = await inForce()
    return { ...answer, formulas: bundle.formulas.map(formulaAnswer) }
  })
  registerTexts(app, deps, 'programme', '/v1/programmes/:id', 'A programme')
  registerTexts(app, deps, 'rule', '/v1/programmes/:id/rules', 'A rule')
  registerTexts(app, deps, 'formula', '/v1/formulas/:id', 'A formula')
}

/** All versions of one object, and one of them, each with its text. */
function registerTexts(app: Server, { db }: VersionRouteDeps, kind: VersionKind, path: string, what: string): void {
  const all = { tags, summary: `${what}: all versions with their texts`, params: NameParams, response: { 200: VersionsAnswer } }
  app.get(path, { config, schema: all }, async (request) => {
    const versions = await readVersions(db, kind, request.params.id)
    if (versions.length === 0) throw problem('version-not-found')
    return { versions }
  })
  const single = { tags, summary: `${what}: one version with its text`, params: VersionParams, response: { 200: SourceAnswer } }
  app.get(`${path}/${kind === 'rule' ? '' : 'versions/'}:version`, { config, schema: single }, async (request) => {
    const versions = await readVersions(db, kind, request.params.id)
    const found = versions.find(({ version }) => version === request.params.version)
    if (!found) throw problem('version-not-found')
    return found
  })
}

function catalogueAnswer({ catalogue }: Bundle) {
  return {
    hash: catalogue.hash,
    facts: [...catalogue.facts.values()].map((fact) => factAnswer(catalogue.sourcesOf, fact)),
    parameters: [...catalogue.parameters.values()].map(({ id, label, type, unit, illustrative, keys }) => ({
      id,
      label,
      type,
      unit,
      illustrative,
      keys: [...keys],
    })),
  }
}

function programmeAnswer({ ref, programme, ruleRef, formula }: Bundle['programmes'][number]) {
  const { names, description, agency, unit, illustrative, benefit, sources } = programme.source
  return {
    ...used(ref),
    names,
    description: description ?? null,
    agency,
    unit,
    illustrative,
    rule: used(ruleRef),
    formula: formula ? used(formula.ref) : null,
    benefit,
    sources,
  }
}

function formulaAnswer({ ref, formula }: Bundle['formulas'][number]) {
  const { label, predicts, unit, direction, illustrative, terms, least, most } = formula
  return {
    ...used(ref),
    label,
    predicts,
    unit,
    direction,
    illustrative,
    terms: terms.length,
    lowest: formatPoints(least),
    highest: formatPoints(most),
  }
}
