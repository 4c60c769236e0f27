/** A whole programme in words: what it is, who is eligible, what is given, who is selected, and the amounts that all this refers to. */
import { dayNumber } from '../../kernel/date.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Definitions } from '../condition/definition.ts'
import type { FactType, Words } from '../fact-space.ts'
import type { Formula } from '../formula/formula.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import type { Programme } from '../programme/check.ts'
import type { Rule } from '../rule/check.ts'
import type { Referred } from './plain-condition.ts'
import { tellCondition } from './plain-condition.ts'
import { inForce, tellFormula } from './plain-formula.ts'
import { parameterAmount, parametersOf, tellParameter } from './plain-parameter.ts'
import { tellSelection } from './plain-selection.ts'
import { plain } from './plain-text.ts'
import type { PlainNode, PlainSection } from './plain-text.ts'

export interface ProgrammeText {
  readonly programme: Programme
  readonly rule: Rule
  readonly formula: Formula | null
  readonly catalogue: Catalogue
  readonly definitions: Definitions
  /** Name of another programme; undefined for one that is not known. */
  readonly nameOf: (programme: string) => Words | undefined
  /** Name of an agency; undefined for one that is not known. */
  readonly agencyOf: (agency: string) => Words | undefined
  /** Day number whose amounts are told. */
  readonly day: number
}

export function tellProgramme(text: ProgrammeText, how: Voice): readonly PlainSection[] {
  const { programme, formula, catalogue, definitions, day } = text
  const referred: Referred = { definitions, amountOf: (fact) => parameterAmount(catalogue, fact, day, how) }
  const { source } = programme
  const parameters = parametersOf(text)
  return [
    { title: source.names[how.language], nodes: tellHead(text, how) },
    { title: say(how, 'plain.title.rule'), nodes: tellRule(text.rule, referred, how) },
    { title: say(how, 'plain.title.benefit'), nodes: [tellBenefit(programme, how)] },
    { title: say(how, 'plain.title.selection'), nodes: tellSelection({ ...text, referred }, how) },
    ...(formula === null ? [] : tellFormula(formula, referred, how)),
    ...(parameters.length === 0
      ? []
      : [
          {
            title: say(how, 'plain.title.parameters'),
            nodes: parameters.map((parameter) => tellParameter(parameter, day, catalogue, how)),
          },
        ]),
    ...(source.sources.length === 0 ? [] : [{ title: say(how, 'plain.title.sources'), nodes: source.sources.map((line) => plain(line)) }]),
  ]
}

/** A rule by itself: what it says, since when, and under which law it reads protected facts. */
export function tellRule({ source, condition }: Rule, referred: Referred, how: Voice): readonly PlainNode[] {
  const from = dayNumber(source.effectiveFrom) as number
  const to = source.effectiveTo === undefined ? null : dayNumber(source.effectiveTo)
  const labelOf = (id: string): string => condition.space.types[condition.space.slot(id) ?? -1]?.label[how.language] ?? id
  return [
    plain(source.description[how.language], [], source.citation ?? null),
    plain(inForce(from, to, how)),
    ...(source.illustrative ? [plain(say(how, 'plain.illustrative'))] : []),
    tellCondition(condition, referred, how),
    plain(say(how, 'plain.undetermined')),
    ...(source.legalBasis ?? []).map(({ fact, basis }) =>
      plain(say(how, 'plain.basis', { label: labelOf(fact), law: basis[how.language] })),
    ),
  ]
}

function tellHead({ programme: { source }, agencyOf }: ProgrammeText, how: Voice): readonly PlainNode[] {
  const { description, agency, unit, severalMembers, illustrative } = source
  const whom = unit === 'household' ? 'plain.unit.household' : severalMembers === true ? 'plain.unit.members' : 'plain.unit.member'
  return [
    ...(description ? [plain(description[how.language])] : []),
    plain(say(how, 'plain.agency', { agency: agencyOf(agency)?.[how.language] ?? agency })),
    plain(say(how, whom)),
    ...(illustrative ? [plain(say(how, 'plain.illustrative'))] : []),
  ]
}

function tellBenefit({ source, space }: Programme, how: Voice): PlainNode {
  const type = space.types[space.slot(source.benefit.fact) as number] as FactType
  return plain(say(how, 'plain.benefit', { label: type.label[how.language], period: source.benefit.period }))
}
