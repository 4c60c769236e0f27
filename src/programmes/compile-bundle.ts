/** Texts of versions → one checked and compiled bundle, or everything that is wrong with them. */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { checkCatalogue } from '../language/catalogue/check.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import type { CodeLists } from '../language/catalogue/fact-header.ts'
import type { RegistryShape } from '../language/catalogue/registry-shape.ts'
import { compileCondition } from '../language/condition/compile.ts'
import { slotsOf } from '../language/condition/condition.ts'
import { checkDefinitions } from '../language/condition/check-definitions.ts'
import { definitionsOf, parseDefinition } from '../language/condition/definition.ts'
import type { Definition, Definitions } from '../language/condition/definition.ts'
import { parseFormula } from '../language/formula/check.ts'
import { compileFormula } from '../language/formula/compile.ts'
import { parseProgramme } from '../language/programme/check.ts'
import { dependencyOrder, setProblems } from '../language/programme/order.ts'
import { parseRule } from '../language/rule/check.ts'
import { secondOpinion } from '../language/rule/second-opinion.ts'
import type { Bundle, CompiledFormula, CompiledProgramme, OpinionGroup } from './bundle.ts'
import type { VersionKind, VersionRef, VersionText } from './version.ts'
import { versionSet } from './version-store.ts'

/** A text with its number. */
export type NumberedText = VersionText & { readonly version: number }

export interface CompiledBundle {
  /** Absent when there is any error. */
  readonly bundle?: Bundle
  /** Pointers begin with the text's name: `rule/housing/1#/conditions/all/0`. */
  readonly diagnostics: readonly Diagnostic[]
}

export function compileBundle(texts: readonly NumberedText[]): CompiledBundle {
  const found: Diagnostic[] = []
  const of = (kind: VersionKind): NumberedText[] => texts.filter((text) => text.kind === kind)
  const report = (text: NumberedText, diagnostics: readonly Diagnostic[]): void => {
    found.push(...diagnostics.map((finding) => ({ ...finding, pointer: `${nameOf(text)}#${finding.pointer}` })))
  }
  const definitions = compileDefinitions(of('definition'), report)
  const { catalogue, diagnostics } = compileCatalogue(texts, definitions)
  found.push(...diagnostics)
  if (!catalogue) return { diagnostics: found }
  for (const [id, wrong] of checkDefinitions(definitions, { household: catalogue.household, person: catalogue.personWithHousehold })) {
    found.push(...wrong.map((finding) => ({ ...finding, pointer: `definition/${id}#${finding.pointer}` })))
  }
  const context = { catalogue, definitions }
  const formulas = of('formula').flatMap((text) => compileFormulaText(text, context, report))
  const programmes = of('programme').flatMap((text) => compileProgrammeText(text, of('rule'), formulas, context, report))
  const ordered = inOrderOfDependence(programmes, catalogue, found)
  if (found.some(({ severity }) => severity === 'error')) return { diagnostics: found }
  const versions = texts.map(refOf)
  const bundle = {
    hash: versionSet(versions).hash,
    versions,
    catalogue,
    definitions,
    programmes: ordered,
    formulas,
    opinions: opinionGroups(ordered),
  }
  return { bundle, diagnostics: found }
}

type Report = (text: NumberedText, diagnostics: readonly Diagnostic[]) => void
interface Context {
  readonly catalogue: Catalogue
  readonly definitions: Definitions
}

const nameOf = ({ kind, id, version }: NumberedText): string => `${kind}/${id}/${version}`
const refOf = ({ kind, id, version, hash }: NumberedText): VersionRef => ({ kind, id, version, hash })

function compileDefinitions(texts: readonly NumberedText[], report: Report): Definitions {
  const list: Definition[] = []
  for (const text of texts) {
    const { definition, diagnostics } = parseDefinition(text.source)
    report(text, diagnostics)
    if (definition) list.push(definition)
  }
  return definitionsOf(list).definitions
}

function compileCatalogue(texts: readonly NumberedText[], definitions: Definitions): ReturnType<typeof checkCatalogue> {
  const named = (kind: VersionKind) => texts.filter((text) => text.kind === kind).map((text) => ({ name: nameOf(text), json: text.json }))
  const codeLists: CodeLists = new Map(
    texts.filter(({ kind }) => kind === 'codeLists').flatMap(({ json }) => Object.entries(json as object)),
  )
  const registries = texts.filter(({ kind }) => kind === 'registry').map(({ json }) => json as RegistryShape)
  return checkCatalogue({ files: named('catalogue'), parameters: named('parameter'), definitions, codeLists, registries })
}

function compileFormulaText(text: NumberedText, { catalogue, definitions }: Context, report: Report): CompiledFormula[] {
  const { formula, diagnostics } = parseFormula(text.source, { space: catalogue.household, definitions })
  report(text, diagnostics)
  return formula ? [{ ref: refOf(text), formula, score: compileFormula(formula) }] : []
}

function compileProgrammeText(
  text: NumberedText,
  rules: readonly NumberedText[],
  formulas: readonly CompiledFormula[],
  { catalogue, definitions }: Context,
  report: Report,
): CompiledProgramme[] {
  const isRule = ({ id, version }: VersionName, other: VersionName): boolean => id === other.id && version === other.version
  const { programme, diagnostics } = parseProgramme(text.source, {
    spaces: { household: catalogue.household, person: catalogue.personWithHousehold },
    definitions,
    ruleExists: (id, version) => rules.some((rule) => isRule(rule, { id, version })),
    formulaExists: (id, version) => formulas.some(({ ref }) => isRule(ref, { id, version })),
    sharesExist: (parameter, fact) => {
      const { keys, epochs } = catalogue.parameters.get(parameter) ?? {}
      return keys?.join() === fact && epochs?.every(({ rows }) => rows.every(({ value }) => value >= 0)) === true
    },
  })
  report(text, diagnostics)
  if (!programme) return []
  const { rule: named, formula: wanted, unit } = programme.source
  const ruleText = rules.find((rule) => isRule(rule, named)) as NumberedText
  const space = unit === 'person' ? catalogue.personWithHousehold : catalogue.household
  const { rule, diagnostics: wrong } = parseRule(ruleText.source, { space, definitions })
  report(ruleText, wrong)
  if (!rule) return []
  const formula = wanted ? (formulas.find(({ ref }) => isRule(ref, wanted)) ?? null) : null
  return [
    {
      ref: refOf(text),
      id: programme.source.id,
      programme,
      ruleRef: refOf(ruleText),
      rule,
      evaluate: compileCondition(rule.condition),
      formula,
    },
  ]
}

type VersionName = Pick<VersionRef, 'id' | 'version'>

/** Programmes whose status a rule reads. */
function dependencies({ rule }: CompiledProgramme, catalogue: Catalogue): string[] {
  return slotsOf(rule.condition).flatMap((slot) => {
    const definition = catalogue.facts.get(rule.condition.space.types[slot]?.id ?? '')?.definition
    return definition?.kind === 'programmeStatus' ? [definition.programme] : []
  })
}

function inOrderOfDependence(programmes: readonly CompiledProgramme[], catalogue: Catalogue, found: Diagnostic[]): CompiledProgramme[] {
  const links = programmes.map((compiled) => ({ id: compiled.id, reads: dependencies(compiled, catalogue) }))
  const { order = [], diagnostics } = dependencyOrder(links)
  const wrong = [...diagnostics, ...setProblems(programmes.map(({ programme }) => programme.source))]
  found.push(...wrong.map((finding) => ({ ...finding, pointer: `programme#${finding.pointer}` })))
  return order.flatMap((id) => programmes.find((compiled) => compiled.id === id) ?? [])
}

function opinionGroups(programmes: readonly CompiledProgramme[]): OpinionGroup[] {
  const groups = new Map<string, CompiledProgramme[]>()
  for (const compiled of programmes) {
    const key = `${compiled.programme.source.unit} ${compiled.formula?.ref.hash ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), compiled])
  }
  return [...groups.values()].map((members) => ({
    unit: members[0]?.programme.source.unit ?? 'household',
    formula: members[0]?.formula ?? null,
    programmes: members.map(({ id }) => id),
    ask: secondOpinion(new Map(members.map(({ id, rule }) => [id, rule.condition]))),
  }))
}
