/**
 * Texts of versions → one checked and compiled bundle, or everything that is wrong with them. What compiled is kept by its texts, so
 * that a draft of one rule costs that rule, and not the catalogue and the other programmes again.
 */
import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Catalogue } from '../language/catalogue/catalogue.ts'
import { compileCondition } from '../language/condition/compile.ts'
import { slotsOf } from '../language/condition/condition.ts'
import { parseFormula } from '../language/formula/check.ts'
import { compileFormula } from '../language/formula/compile.ts'
import { parseProgramme } from '../language/programme/check.ts'
import type { ProgrammeContext } from '../language/programme/check.ts'
import { dependencyOrder, setProblems } from '../language/programme/order.ts'
import { parseRule } from '../language/rule/check.ts'
import { secondOpinion } from '../language/rule/second-opinion.ts'
import type { Bundle, CompiledFormula, CompiledProgramme, OpinionGroup } from './bundle.ts'
import { compiledOnce, compileShared, hasError, keyOf, namedIn } from './compile-shared.ts'
import type { Compiled, NumberedText, Shared } from './compile-shared.ts'
import type { VersionKind, VersionRef } from './version.ts'
import { versionSet } from './version-store.ts'

export type { NumberedText } from './compile-shared.ts'

export interface CompiledBundle {
  /** Absent when there is any error. */
  readonly bundle?: Bundle
  /** Pointers begin with the text's name: `rule/housing/1#/conditions/all/0`. */
  readonly diagnostics: readonly Diagnostic[]
}

export function compileBundle(texts: readonly NumberedText[]): CompiledBundle {
  const of = (kind: VersionKind): NumberedText[] => texts.filter((text) => text.kind === kind)
  const shared = compileShared(texts)
  const found: Diagnostic[] = [...shared.diagnostics]
  const { catalogue, definitions } = shared
  if (!catalogue) return { diagnostics: found }
  const compiled = <T>({ made, diagnostics }: Compiled<T>): T[] => {
    found.push(...diagnostics)
    return made === null ? [] : [made]
  }
  const ground = { ...shared, catalogue }
  const formulas = of('formula').flatMap((text) => compiled(compileFormulaText(text, ground)))
  const programmes = of('programme').flatMap((text) => compiled(compileProgrammeText(text, of('rule'), formulas, ground)))
  const ordered = inOrderOfDependence(programmes, catalogue, found)
  if (hasError(found)) return { diagnostics: found }
  const versions = texts.map(refOf)
  const opinions = opinionGroups(ordered, shared)
  return {
    bundle: { hash: versionSet(versions).hash, versions, catalogue, definitions, programmes: ordered, formulas, opinions },
    diagnostics: found,
  }
}

type Ground = Shared & { readonly catalogue: Catalogue }

const refOf = ({ kind, id, version, hash }: NumberedText): VersionRef => ({ kind, id, version, hash })

function compileFormulaText(text: NumberedText, { catalogue, definitions, formulas }: Ground): Compiled<CompiledFormula> {
  return compiledOnce(formulas, keyOf([text]), () => {
    const { formula, diagnostics } = parseFormula(text.source, { space: catalogue.household, definitions })
    return { made: formula ? { ref: refOf(text), formula, score: compileFormula(formula) } : null, diagnostics: namedIn(text, diagnostics) }
  })
}

function compileProgrammeText(
  text: NumberedText,
  rules: readonly NumberedText[],
  formulas: readonly CompiledFormula[],
  ground: Ground,
): Compiled<CompiledProgramme> {
  const { rule: ruleNamed, formula: formulaNamed } = (text.json ?? {}) as { readonly rule?: VersionName; readonly formula?: VersionName }
  const rule = rules.find((one) => isNamed(one, ruleNamed))
  const formula = formulas.find(({ ref }) => isNamed(ref, formulaNamed)) ?? null
  const key = `${keyOf(rule ? [text, rule] : [text])}\0${formula === null ? '' : numberOf(formula)}`
  return compiledOnce(ground.programmes, key, () => compileProgramme(text, rule, formula, ground))
}

type VersionName = Pick<VersionRef, 'id' | 'version'>
const isNamed = ({ id, version }: VersionName, name: VersionName | undefined): boolean => id === name?.id && version === name?.version

/** With the rule and the formula that it names, where there are such. */
function compileProgramme(
  text: NumberedText,
  ruleText: NumberedText | undefined,
  formula: CompiledFormula | null,
  { catalogue, definitions }: Ground,
): Compiled<CompiledProgramme> {
  const context: ProgrammeContext = {
    spaces: { household: catalogue.household, person: catalogue.personWithHousehold },
    definitions,
    ruleExists: (id, version) => ruleText !== undefined && isNamed(ruleText, { id, version }),
    directionOf: (id, version) => (formula !== null && isNamed(formula.ref, { id, version }) ? formula.formula.direction : null),
    sharesExist: (parameter, fact) => {
      const { keys, epochs } = catalogue.parameters.get(parameter) ?? {}
      return keys?.join() === fact && epochs?.every(({ rows }) => rows.every(({ value }) => value >= 0)) === true
    },
  }
  const { programme, diagnostics } = parseProgramme(text.source, context)
  const found = namedIn(text, diagnostics)
  if (!programme || !ruleText) return { made: null, diagnostics: found }
  const space = programme.source.unit === 'person' ? catalogue.personWithHousehold : catalogue.household
  const { rule, diagnostics: wrong } = parseRule(ruleText.source, { space, definitions })
  found.push(...namedIn(ruleText, wrong))
  if (!rule) return { made: null, diagnostics: found }
  const { id } = programme.source
  const evaluate = compileCondition(rule.condition)
  return { made: { ref: refOf(text), id, programme, ruleRef: refOf(ruleText), rule, evaluate, formula }, diagnostics: found }
}

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

function opinionGroups(programmes: readonly CompiledProgramme[], { opinions }: Pick<Shared, 'opinions'>): OpinionGroup[] {
  const groups = new Map<string, CompiledProgramme[]>()
  for (const compiled of programmes) {
    const key = `${compiled.programme.source.unit} ${compiled.formula?.ref.hash ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), compiled])
  }
  return [...groups.values()].map((members) => opinions.of(members.map(numberOf).join(), () => opinionGroup(members)))
}

const opinionGroup = (members: readonly CompiledProgramme[]): OpinionGroup => ({
  unit: members[0]?.programme.source.unit ?? 'household',
  formula: members[0]?.formula ?? null,
  programmes: members.map(({ id }) => id),
  ask: secondOpinion(new Map(members.map(({ id, rule }) => [id, rule.condition]))),
})

/** A number for each thing that was compiled: the same number is the same object. */
function numberOf(compiled: CompiledProgramme | CompiledFormula): number {
  const known = numbers.get(compiled) ?? nextNumber++
  numbers.set(compiled, known)
  return known
}
const numbers = new WeakMap<object, number>()
let nextNumber = 0
