/** Everything that is known of one fact without looking at anybody's values: meaning, sources, law, and who reads it. */
import type { CatalogueFact } from '../../language/catalogue/catalogue.ts'
import type { Words } from '../../language/fact-space.ts'
import { closureOf } from '../../language/catalogue/sql/levels.ts'
import type { Bundle } from '../bundle.ts'
import { factsUsed } from '../facts-granted.ts'
import { columnsRead } from './fact-columns-read.ts'
import type { FactUse } from './fact-uses.ts'

export interface RegistryNow {
  readonly registry: string
  readonly state: 'fresh' | 'grace' | 'stale' | 'missing'
  readonly asOf: string | null
}

/** Registries with the columns that the fact comes from, all the way down. */
export function sourcesOfFact({ catalogue }: Pick<Bundle, 'catalogue'>, fact: string, states: readonly RegistryNow[]) {
  return columnsRead(catalogue, fact).map(({ registry, columns }) => {
    const now = states.find((state) => state.registry === registry.id)
    return {
      registry: registry.id,
      label: registry.label,
      custodian: registry.custodian,
      population: registry.population,
      absence: { means: registry.absence, ...absenceWords(registry.absence) },
      pulled: registry.answeredBy !== undefined,
      state: now?.state ?? ('missing' as const),
      asOf: now?.asOf ?? null,
      columns: columns.map(({ name, label, protected: isProtected }) => ({ id: `${registry.id}.${name}`, label, protected: isProtected })),
    }
  })
}

const absenceWords = (means: 'none' | 'unknown'): Words =>
  means === 'none'
    ? {
        en: 'A person whom the registry covers and who has no row in it has none of it.',
        ar: 'الشخص المشمول بالسجل ولا صف له فيه ليس لديه شيء من ذلك.',
      }
    : { en: 'No row tells nothing: the value is unknown.', ar: 'غياب الصف لا يدل على شيء: تبقى القيمة غير معلومة.' }

/** Programmes and formulas in force whose outcome the fact can reach, directly or through other facts. */
export function reachOf({ catalogue, programmes, formulas }: Bundle, fact: string) {
  const reads = (ids: Iterable<string>): boolean => closureOf(catalogue, [...ids]).has(fact)
  return {
    programmes: programmes.filter((compiled) => reads(factsUsed(compiled))).map(({ id }) => id),
    formulas: formulas
      .filter(({ formula }) => reads(formula.slots.flatMap((slot) => formula.space.types[slot]?.id ?? [])))
      .map(({ ref: { id, version } }) => ({ id, version })),
    facts: [...catalogue.facts.values()].filter(({ id }) => id !== fact && closureOf(catalogue, [id]).has(fact)).map(({ id }) => id),
  }
}

/** The laws that texts in force state for using the fact. */
export function legalBasesOf({ programmes, formulas }: Bundle, fact: string) {
  const stated = [
    ...programmes.flatMap(({ id, rule, programme }) =>
      [...(rule.source.legalBasis ?? []), ...(programme.source.targeting.legalBasis ?? [])].map((one) => ({
        by: `programme/${id}`,
        ...one,
      })),
    ),
    ...formulas.flatMap(({ ref, formula }) => formula.legalBasis.map((one) => ({ by: `formula/${ref.id}/${ref.version}`, ...one }))),
  ]
  return stated.filter((one) => one.fact === fact).map(({ by, basis }) => ({ by, basis }))
}

/** Facts as lists show them. */
export const factAnswer = (sourcesOf: (id: string) => readonly string[], one: CatalogueFact) => ({
  id: one.id,
  entity: one.entity,
  type: one.type,
  scale: one.scale,
  unit: one.unit,
  codes: one.codeLabels === null ? null : { ...one.codeLabels },
  label: one.label,
  description: one.description,
  custodian: one.custodian,
  computedBy: one.definition.kind,
  sources: [...sourcesOf(one.id)],
  inputs: [...one.inputs],
  correctable: one.correctable,
  protected: one.protected,
  illustrative: one.illustrative,
  deprecated: one.deprecated,
})

const USES_SHOWN = 500

export const toldUses = (uses: readonly FactUse[]) => ({
  uses: uses.slice(0, USES_SHOWN).map((use) => ({ ...use, programmes: [...use.programmes] })),
  usesFound: uses.length,
})
