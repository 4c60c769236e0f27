/** What the texts of a request are checked against: the versions in force, a named set, or a catalogue that came along. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { problem } from '../../kernel/problem.ts'
import { checkCatalogue } from '../../language/catalogue/check.ts'
import type { Catalogue } from '../../language/catalogue/catalogue.ts'
import { checkDefinitions } from '../../language/condition/check-definitions.ts'
import { definitionsOf, parseDefinition } from '../../language/condition/definition.ts'
import type { Definition, Definitions } from '../../language/condition/definition.ts'
import { checkFormula, parseFormula } from '../../language/formula/check.ts'
import type { Formula } from '../../language/formula/formula.ts'
import { checkRule, parseRule } from '../../language/rule/check.ts'
import type { Rule } from '../../language/rule/check.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { EvaluateBody, InlineCatalogueBody } from './schema.ts'

export interface EvaluationContext {
  readonly catalogue: Catalogue
  readonly definitions: Definitions
  /** Null for a catalogue that came along. */
  readonly bundle: Bundle | null
  readonly rule: Rule | null
  readonly formula: Formula | null
  readonly warnings: readonly Diagnostic[]
}

/** Throws `text-refused` with every finding, pointers into the request. */
export async function evaluationContext(versions: Versions, body: EvaluateBody, asOf: number): Promise<EvaluationContext> {
  const found: Diagnostic[] = []
  const asked = body.catalogue ?? 'inForce'
  const inForce = async (): Promise<Bundle> => versions.inForce(asOf)
  const isInline = asked !== 'inForce' && 'files' in asked
  const named = isInline ? await inForce() : asked === 'inForce' ? await inForce() : await versions.byHash(asked.versionSet)
  const own = readDefinitions(body.definitions ?? [], '/definitions', found)
  const { catalogue, definitions } = isInline
    ? inlineCatalogue(asked, own, named, found)
    : { catalogue: named.catalogue, definitions: withOwn(named.definitions, own) }
  refuse(found)
  const spaces = { household: catalogue.household, person: catalogue.personWithHousehold }
  for (const [id, wrong] of checkDefinitions(definitions, spaces))
    found.push(...wrong.map((one) => ({ ...one, pointer: `/definitions/${id}${one.pointer}` })))
  const space = spaces[body.unit ?? 'household']
  const rule =
    checked(
      body.rule,
      '/rule',
      found,
      (text) => parseRule(text, { space, definitions }),
      (json) => checkRule(json, { space, definitions }),
    )?.rule ?? null
  const context = { space: catalogue.household, definitions }
  const formula =
    checked(
      body.formula,
      '/formula',
      found,
      (text) => parseFormula(text, context),
      (json) => checkFormula(json, context),
    )?.formula ?? null
  refuse(found)
  return { catalogue, definitions, bundle: isInline ? null : named, rule, formula, warnings: found }
}

type Checked = { readonly diagnostics: readonly Diagnostic[] }

function checked<T extends Checked>(
  given: string | Record<string, unknown> | undefined,
  pointer: string,
  found: Diagnostic[],
  ofText: (text: string) => T,
  ofJson: (json: unknown) => T,
): T | null {
  if (given === undefined) return null
  const outcome = typeof given === 'string' ? ofText(given) : ofJson(given)
  found.push(...outcome.diagnostics.map((one) => ({ ...one, pointer: pointer + one.pointer })))
  return outcome
}

function refuse(found: readonly Diagnostic[]): void {
  const errors = found.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const [first] = errors
  throw problem('text-refused', { errors, ...(first ? { pointer: first.pointer, detail: first.message } : {}) })
}

function inlineCatalogue(
  { files, parameters = [], definitions: shared = [], codeLists = {} }: InlineCatalogueBody,
  own: readonly Definition[],
  named: Bundle,
  found: Diagnostic[],
): { catalogue: Catalogue; definitions: Definitions } {
  const definitions = definitionsOf([...readDefinitions(shared, '/catalogue/definitions', found), ...own]).definitions
  const place = (list: string) => (json: unknown, index: number) => ({ name: at(`/catalogue/${list}`, index), json })
  const outcome = checkCatalogue({
    files: files.map(place('files')),
    parameters: parameters.map(place('parameters')),
    definitions,
    codeLists: new Map(Object.entries(codeLists)) as never,
    registries: [...named.catalogue.registries.values()],
  })
  found.push(...outcome.diagnostics)
  refuse(found)
  return { catalogue: outcome.catalogue as Catalogue, definitions }
}

function readDefinitions(list: readonly unknown[], pointer: string, found: Diagnostic[]): Definition[] {
  return list.flatMap((json, index) => {
    const { definition, diagnostics } = parseDefinition(JSON.stringify(json))
    found.push(...diagnostics.map((one) => ({ ...one, pointer: at(pointer, index) + one.pointer })))
    return definition ? [definition] : []
  })
}

/** A definition of the request's own takes the place of a shared one of the same name. */
const withOwn = (shared: Definitions, own: readonly Definition[]): Definitions =>
  new Map([...shared, ...own.map((one) => [one.id, one] as const)])
