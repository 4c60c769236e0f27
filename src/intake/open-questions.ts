/** What does not agree in an application: questions for a person to settle, never a reason to refuse. */
import type { AssembledHousehold } from '../households/assembled.ts'
import type { Catalogue, CatalogueFact } from '../language/catalogue/catalogue.ts'
import { factJson } from '../language/fact-json.ts'
import type { FactJson } from '../language/fact-json.ts'
import { isKnownAt } from '../language/fact-space.ts'
import type { FactSpace, FactValues, Words } from '../language/fact-space.ts'

export type QuestionKind =
  | 'values-differ'
  | 'member-not-in-household'
  | 'member-not-declared'
  | 'member-unknown'
  | 'member-repeated'
  | 'expenses-exceed-income'

export interface OpenQuestion {
  readonly kind: QuestionKind
  readonly label: Words
  readonly fact: string | null
  readonly personRef: number | null
  readonly declared: FactJson
  readonly administrative: FactJson
}

const labels: Readonly<Record<Exclude<QuestionKind, 'values-differ'>, Words>> = {
  'member-not-in-household': {
    en: 'A declared member does not belong to this household in the registries',
    ar: 'فرد مصرح به لا ينتمي إلى هذه الأسرة في السجلات',
  },
  'member-not-declared': { en: 'A member of the household was not declared', ar: 'فرد من الأسرة لم يرد في الطلب' },
  'member-unknown': { en: 'The number of a declared member is not known', ar: 'رقم أحد الأفراد المصرح بهم غير معروف' },
  'member-repeated': {
    en: 'A member was declared more than once; answers that contradict each other are not used',
    ar: 'صُرِّح بأحد الأفراد أكثر من مرة، ولا تُعتمد الإجابات المتناقضة',
  },
  'expenses-exceed-income': { en: 'Declared expenses are above the known income', ar: 'النفقات المصرح بها أعلى من الدخل المعروف' },
}

export function openQuestions(
  catalogue: Catalogue,
  assembled: AssembledHousehold,
  declaredMembers: readonly (number | null)[],
): OpenQuestion[] {
  return [
    ...memberQuestions(assembled, declaredMembers),
    ...expenseQuestion(catalogue, assembled),
    ...differences(catalogue, catalogue.household, catalogue.order.household, assembled.household, null),
    ...assembled.members.flatMap(({ facts, personRef }) =>
      differences(catalogue, catalogue.person, catalogue.order.person, facts, personRef),
    ),
  ]
}

/** A fact that chooses between a declared and an administrative value. */
interface Choice {
  readonly fact: CatalogueFact
  readonly slots: readonly { readonly slot: number; readonly isDeclared: boolean }[]
}

const choices = new WeakMap<readonly CatalogueFact[], readonly Choice[]>()

/** Found once per catalogue: going over all facts of every member took longer than comparing. */
function choicesOf(catalogue: Catalogue, space: FactSpace, facts: readonly CatalogueFact[]): readonly Choice[] {
  const found =
    choices.get(facts) ??
    facts.flatMap((fact): Choice[] => {
      const { definition } = fact
      if (definition.kind !== 'firstKnown' && definition.kind !== 'greatestKnown') return []
      const slots = definition.facts.flatMap((id) => {
        const slot = space.slot(id)
        return slot === undefined ? [] : [{ slot, isDeclared: catalogue.facts.get(id)?.definition.kind === 'declared' }]
      })
      return [{ fact, slots }]
    })
  choices.set(facts, found)
  return found
}

/** Choices where both values are known and are not the same. */
function differences(
  catalogue: Catalogue,
  space: FactSpace,
  facts: readonly CatalogueFact[],
  values: FactValues,
  personRef: number | null,
): OpenQuestion[] {
  const told = (slot: number): FactJson => {
    const type = space.types[slot]
    return type ? factJson(type, values.lo[slot] as number, values.hi[slot] as number) : null
  }
  return choicesOf(catalogue, space, facts).flatMap(({ fact, slots }) => {
    const known = (wanted: boolean) => slots.find(({ slot, isDeclared }) => isDeclared === wanted && isKnownAt(values, slot))
    const [said, found] = [known(true), known(false)]
    if (!said || !found) return []
    const [declared, administrative] = [told(said.slot), told(found.slot)]
    return declared === administrative
      ? []
      : [{ kind: 'values-differ', label: fact.label, fact: fact.id, personRef, declared, administrative }]
  })
}

function memberQuestions({ members }: AssembledHousehold, declared: readonly (number | null)[]): OpenQuestion[] {
  const question = (kind: Exclude<QuestionKind, 'values-differ'>, personRef: number | null): OpenQuestion => ({
    kind,
    label: labels[kind],
    fact: null,
    personRef,
    declared: null,
    administrative: null,
  })
  if (declared.length === 0) return []
  const named = declared.filter((ref) => ref !== null)
  const repeated = new Set(named.filter((ref, place) => named.indexOf(ref) !== place))
  const living = new Set(members.map(({ personRef }) => personRef))
  return [
    ...declared.filter((ref) => ref === null).map(() => question('member-unknown', null)),
    ...[...new Set(named)].filter((ref) => !living.has(ref)).map((ref) => question('member-not-in-household', ref)),
    ...[...repeated].map((ref) => question('member-repeated', ref)),
    ...members.filter(({ personRef }) => !declared.includes(personRef)).map(({ personRef }) => question('member-not-declared', personRef)),
  ]
}

/** Takaful's form refused such families; here it is noted and goes on. */
function expenseQuestion(catalogue: Catalogue, { household }: AssembledHousehold): OpenQuestion[] {
  const slot = catalogue.household.slot('expensesExceedIncome')
  if (slot === undefined || !isKnownAt(household, slot) || household.lo[slot] !== 1) return []
  const kind = 'expenses-exceed-income'
  return [{ kind, label: labels[kind], fact: 'expensesExceedIncome', personRef: null, declared: null, administrative: null }]
}
