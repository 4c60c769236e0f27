/** The registry of all measures, from which reports and the page of the reference take their words. */
import { comparisonDefinitions } from './definitions/comparison.ts'
import { inequalityDefinitions } from './definitions/inequality.ts'
import { povertyDefinitions } from './definitions/poverty.ts'
import { targetingDefinitions } from './definitions/targeting.ts'
import type { InBothLanguages, MeasureDefinition } from './measure-definition.ts'

export interface MeasureSection {
  readonly title: InBothLanguages
  readonly measures: readonly MeasureDefinition[]
}

/** In the order of the page. */
export const measureSections: readonly MeasureSection[] = [
  { title: { en: 'Poverty', ar: 'الفقر' }, measures: povertyDefinitions },
  { title: { en: 'Inequality', ar: 'التفاوت' }, measures: inequalityDefinitions },
  { title: { en: 'Targeting', ar: 'الاستهداف' }, measures: targetingDefinitions },
  { title: { en: 'Comparing policies and groups', ar: 'مقارنة السياسات والمجموعات' }, measures: comparisonDefinitions },
]

/** All measures by id. */
export const measureDefinitions: ReadonlyMap<string, MeasureDefinition> = new Map(
  measureSections.flatMap(({ measures }) => measures.map((measure) => [measure.id, measure])),
)
