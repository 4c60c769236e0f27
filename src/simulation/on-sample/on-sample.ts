/** One simulation on one sample: the baseline and each scenario decided and measured on its rows. */
import type { Words } from '../../language/fact-space.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { decideSample, type SampleDecision } from './decide-sample.ts'
import { measuredSample, measureSample, type SampleMeasures, type SampleWelfare, welfareBefore } from './measure-sample.ts'
import type { OpenedSample, SampleProvenance } from './open-sample.ts'
import type { WelfareUnit } from './sample-asked.ts'
import { sampleWeights, welfarePerPerson } from './sample-weights.ts'
import { type DesignOutcome, designOf, designOutcome } from './sampling-errors.ts'

/** The sample itself, and what is measured on it before anybody decides. */
export interface SampleOutcome extends SampleProvenance {
  readonly welfareUnit: WelfareUnit
  /** Thousandths per person and month. */
  readonly line: number
  /** Households that all rows together stand for: those that the simulation is about, as many as are disclosed of them. */
  readonly households: number
  /** Rows that are in no measure of welfare; rows in none of persons, nor of poverty and inequality. */
  readonly withoutWelfare: number
  readonly withoutSize: number
  readonly before: { readonly persons: SampleWelfare; readonly households: SampleWelfare }
  /** Absent of results that were stored without it. */
  readonly design?: DesignOutcome
  readonly notMeasured: readonly NotMeasured[]
}

export interface NotMeasured {
  readonly what: 'programme' | 'persons' | 'enrolled' | 'fairness' | 'intervals'
  /** Absent of results that were stored without it. */
  readonly code?: NotMeasuredCode
  readonly programme: string | null
  readonly because: Words
}

export const NOT_MEASURED = ['judges-persons', 'size-unknown', 'nobody-enrolled', 'errors-by-group', 'selection-given'] as const
export type NotMeasuredCode = (typeof NOT_MEASURED)[number]

/** Asked in turn: the baseline first, which every scenario is held against. */
export interface OnSample {
  readonly about: SampleOutcome
  readonly baseline: SampleMeasures
  readonly measure: (scenario: Bundle) => SampleMeasures
}

/** `households`: of the simulation's population, as disclosed. */
export function onSample(
  { provenance, asked, line, rows }: OpenedSample,
  { bundle, asOf }: { readonly bundle: Bundle; readonly asOf: number },
  households: number,
): OnSample {
  const weights = sampleWeights(rows, households)
  const welfare = welfarePerPerson(rows, weights.size, asked.welfareUnit)
  const measured = measuredSample(weights, welfare, line, designOf(rows, welfare))
  const before = decideSample(bundle, rows, weights, asOf)
  const unknown = (values: Float64Array): number => values.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0)
  return {
    about: {
      ...provenance,
      welfareUnit: asked.welfareUnit,
      line,
      households,
      withoutWelfare: unknown(measured.welfare),
      withoutSize: unknown(weights.size),
      before: welfareBefore(measured),
      design: designOutcome(measured.design),
      notMeasured: notMeasured(before, !weights.size.some(Number.isNaN)),
    },
    baseline: measureSample(before, null, measured),
    measure: (scenario) => measureSample(decideSample(scenario, rows, weights, asOf), before, measured),
  }
}

function notMeasured({ bundle }: SampleDecision, sizesKnown: boolean): NotMeasured[] {
  return [
    ...bundle.programmes.flatMap(({ id, programme }): NotMeasured[] =>
      programme.source.unit === 'person' ? [{ what: 'programme', code: 'judges-persons', programme: id, because: JUDGES_PERSONS }] : [],
    ),
    ...(sizesKnown ? [] : [{ what: 'persons', code: 'size-unknown', programme: null, because: NO_SIZE } as const]),
    { what: 'enrolled', code: 'nobody-enrolled', programme: null, because: NOBODY_ENROLLED },
    { what: 'fairness', code: 'errors-by-group', programme: null, because: NO_GROUPS },
    { what: 'intervals', code: 'selection-given', programme: null, because: NO_INTERVALS },
  ]
}

const JUDGES_PERSONS: Words = {
  en: 'It judges persons, and a sample holds facts of households.',
  ar: 'يقيّم الأفراد، والعينة تحمل حقائق الأسر.',
}
const NO_SIZE: Words = {
  en: 'Rows of unknown householdSize are in no measure of persons, nor of poverty and inequality: what a household is paid cannot be divided among its persons.',
  ar: 'الصفوف التي لا يُعرف فيها حجم الأسرة householdSize لا تدخل في قياس الأفراد ولا في قياس الفقر والتفاوت، إذ لا يمكن تقسيم ما يُدفع للأسرة على أفرادها.',
}
const NOBODY_ENROLLED: Words = {
  en: 'Nobody in a sample holds a place or applied on a day: places that the enrolled keep, exit thresholds and dates of application do not count.',
  ar: 'لا أحد في العينة يشغل مكانًا أو تقدّم بطلب في يوم معيّن، فلا يُحتسب ما يحتفظ به المسجلون من أماكن ولا حدود الخروج ولا تواريخ الطلبات.',
}
const NO_GROUPS: Words = {
  en: 'Errors by group are not compared: a sample is drawn for totals.',
  ar: 'لا تُقارن الأخطاء بحسب الفئات، فالعينة مسحوبة من أجل المجاميع.',
}
const NO_INTERVALS: Words = {
  en: 'Intervals are of shares, errors and poverty, with whoever is selected taken as given: in another sample the cut-off would lie elsewhere. Inequality, concentration, tenths and errors at cut-offs have none.',
  ar: 'تُحسب فترات الثقة للنسب والأخطاء والفقر مع اعتبار المختارين معطى ثابتًا، ولو سُحبت عينة أخرى لاختلف حدّ القطع. ولا فترات ثقة للتفاوت والتركّز والأعشار والأخطاء عند حدود القطع.',
}
