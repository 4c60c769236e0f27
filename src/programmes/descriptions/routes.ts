/** Programmes and formulas in plain language: as sentences, and as a page that can be printed. */
import type { Server } from '../../http/server.ts'
import { dayNumber, isoOfDay } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import type { Language } from '../../language/messages.ts'
import { sentencesOf } from '../../language/plain/plain-text.ts'
import type { PlainSection } from '../../language/plain/plain-text.ts'
import type { Bundle } from '../bundle.ts'
import { programmeOf } from '../bundle.ts'
import { NameParams } from '../schema.ts'
import type { VersionRef } from '../version.ts'
import type { Versions } from '../versions-in-force.ts'
import { describeFormula, describeProgramme, languages } from './describe.ts'
import { descriptionPage } from './description-page.ts'
import { DescriptionAnswer, DescriptionQuery, PageQuery } from './schema.ts'

export interface DescriptionRouteDeps {
  readonly versions: Versions
  readonly today: () => Promise<number>
}

interface Described {
  readonly day: number
  readonly bundle: Bundle
  readonly refs: readonly VersionRef[]
  readonly tell: (language: Language, digits: 'latn' | 'arab') => readonly PlainSection[]
}

type Find = (bundle: Bundle, id: string, day: number) => Omit<Described, 'day' | 'bundle'>

const config = { permission: 'versions:read' } as const
const tags = ['versions']

export function registerDescriptionRoutes(app: Server, deps: DescriptionRouteDeps): void {
  register(app, deps, '/v1/programmes/:id', 'A whole programme', (bundle, id, day) => {
    const compiled = programmeOf(bundle, id)
    if (!compiled) throw problem('version-not-found')
    const refs = [compiled.ref, compiled.ruleRef, ...(compiled.formula ? [compiled.formula.ref] : [])]
    return { refs, tell: (language, digits) => describeProgramme(bundle, compiled, day, language, digits) }
  })
  register(app, deps, '/v1/formulas/:id', 'A formula', (bundle, id, day) => {
    const compiled = bundle.formulas.findLast(({ ref }) => ref.id === id)
    if (!compiled) throw problem('version-not-found')
    return { refs: [compiled.ref], tell: (language, digits) => describeFormula(bundle, compiled.formula, day, language, digits) }
  })
}

function register(app: Server, { versions, today }: DescriptionRouteDeps, path: string, what: string, find: Find): void {
  const described = async (id: string, on: string | undefined): Promise<Described> => {
    const day = on === undefined ? await today() : (dayNumber(on) as number)
    const bundle = await versions.inForce(day)
    return { day, bundle, ...find(bundle, id, day) }
  }
  const sentences = {
    tags,
    summary: `${what} in plain language, Arabic and English`,
    params: NameParams,
    querystring: DescriptionQuery,
    response: { 200: DescriptionAnswer },
  }
  app.get(`${path}/description`, { config, schema: sentences }, async ({ params, query }) => {
    const { day, bundle, refs, tell } = await described(params.id, query.on)
    const digits = query.digits ?? 'latn'
    return {
      asOf: isoOfDay(day),
      versionSet: bundle.hash,
      versions: refs.map(({ kind, id, version, hash }) => ({ kind, id, version, hash })),
      ar: told(tell('ar', digits)),
      en: told(tell('en', digits)),
    }
  })
  const page = {
    tags,
    summary: `${what} in plain language, as a page that can be printed`,
    description: 'An HTML page with nothing from outside.',
    params: NameParams,
    querystring: PageQuery,
  }
  app.get(`${path}/page`, { config, schema: page }, async ({ params, query }, reply) => {
    const { day, refs, tell } = await described(params.id, query.on)
    const stamp = [isoOfDay(day), ...refs.map(({ kind, id, version, hash }) => `${kind} ${id} ${version} ${hash}`)].join(' · ')
    const asked = query.language === undefined ? languages : [query.language]
    const html = descriptionPage(asked.map((language) => ({ language, sections: tell(language, query.digits ?? 'latn'), stamp })))
    return reply.type('text/html; charset=utf-8').send(html)
  })
}

const told = (sections: readonly PlainSection[]) => sections.map(({ title, nodes }) => ({ title, sentences: sentencesOf(nodes) }))
