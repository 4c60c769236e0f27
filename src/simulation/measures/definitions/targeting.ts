/** Definitions of the measures of targeting and incidence. */
import type { MeasureDefinition } from '../measure-definition.ts'

const errors = (field: string): MeasureDefinition['computedBy'] => ({ file: 'targeting-errors', name: 'targetingErrors', field })

export const targetingDefinitions: readonly MeasureDefinition[] = [
  {
    id: 'coverage',
    name: { en: 'Coverage', ar: 'التغطية' },
    definition: { en: 'The share of all whom the programme selects.', ar: 'نسبة من يختارهم البرنامج من الجميع.' },
    unit: 'share',
    source: 'Coady, Grosh & Hoddinott 2004',
    computedBy: errors('coverage'),
  },
  {
    id: 'poverty-accuracy',
    name: { en: 'Poverty accuracy (coverage of the poor)', ar: 'دقة شمول الفقراء (تغطية الفقراء)' },
    definition: { en: 'The share of the poor whom the programme selects.', ar: 'نسبة من يختارهم البرنامج من الفقراء.' },
    unit: 'share',
    source: 'IRIS Center 2005, for USAID',
    computedBy: errors('povertyAccuracy'),
  },
  {
    id: 'exclusion-error',
    name: { en: 'Error of exclusion (undercoverage)', ar: 'خطأ الاستبعاد (نقص التغطية)' },
    definition: {
      en: 'The share of the poor whom the programme does not select, split by the first thing that kept each of them out.',
      ar: 'نسبة الفقراء الذين لا يختارهم البرنامج، موزّعين بحسب أول سبب حال دون كل منهم.',
    },
    unit: 'share',
    source: 'Cornia & Stewart 1993; Coady, Grosh & Hoddinott 2004',
    computedBy: errors('exclusionError'),
  },
  {
    id: 'inclusion-error',
    name: { en: 'Error of inclusion', ar: 'خطأ الشمول' },
    definition: { en: 'The share of the selected who are not poor.', ar: 'نسبة غير الفقراء من المختارين.' },
    unit: 'share',
    source: 'Cornia & Stewart 1993; Coady, Grosh & Hoddinott 2004',
    computedBy: errors('inclusionError'),
  },
  {
    id: 'leakage',
    name: { en: 'Leakage', ar: 'التسرّب' },
    definition: {
      en: 'The non-poor who are selected, over all the poor; unlike the error of inclusion it can exceed 1.',
      ar: 'عدد المختارين من غير الفقراء مقسومًا على عدد الفقراء كلهم، وقد يتجاوز 1 بخلاف خطأ الشمول.',
    },
    unit: 'ratio',
    source: 'IRIS Center 2005, for USAID',
    computedBy: errors('leakage'),
  },
  {
    id: 'targeting-accuracy',
    name: { en: 'Targeting accuracy', ar: 'دقة الاستهداف' },
    definition: {
      en: 'The share of all who are rightly placed: poor and selected, or not poor and not selected.',
      ar: 'نسبة من وُضعوا في موضعهم الصحيح: فقراء مختارين، أو غير فقراء غير مختارين.',
    },
    unit: 'share',
    source: 'IRIS Center 2005, for USAID (total accuracy)',
    computedBy: errors('targetingAccuracy'),
  },
  {
    id: 'balanced-poverty-accuracy',
    name: { en: 'Balanced poverty accuracy criterion (BPAC)', ar: 'معيار الدقة المتوازنة للفقر (BPAC)' },
    definition: {
      en: 'Poverty accuracy less the distance between undercoverage and leakage; at most 1, without a lower bound.',
      ar: 'دقة شمول الفقراء مطروحًا منها الفرق المطلق بين نقص التغطية والتسرّب، وهو لا يتجاوز 1 ولا حدّ أدنى له.',
    },
    unit: 'index',
    source: 'IRIS Center 2005, for USAID',
    computedBy: errors('balancedPovertyAccuracy'),
  },
  {
    id: 'concentration-curve',
    name: { en: 'Concentration curve', ar: 'منحنى التركّز' },
    definition: {
      en: 'The share of a benefit that the poorest given share of people receives.',
      ar: 'حصة النسبة الأفقر من السكان من منفعة ما.',
    },
    unit: 'share',
    source: "Kakwani 1977; O'Donnell et al. 2008, ch. 7",
    computedBy: { file: 'concentration', name: 'concentrationCurve' },
  },
  {
    id: 'concentration-index',
    name: { en: 'Concentration index', ar: 'مؤشر التركّز' },
    definition: {
      en: 'Twice the area between the line of equality and the concentration curve: negative where the poor receive more than their share.',
      ar: 'ضعف المساحة بين خط المساواة ومنحنى التركّز، ويكون سالبًا إذا نال الفقراء أكثر من حصتهم.',
    },
    unit: 'index',
    source: 'Wagstaff, Paci & van Doorslaer 1991',
    computedBy: { file: 'concentration', name: 'concentrationIndex' },
  },
  {
    id: 'coady-grosh-hoddinott',
    name: { en: 'Coady–Grosh–Hoddinott ratio', ar: 'نسبة كودي–غروش–هودينوت' },
    definition: {
      en: 'The share of the benefit that reaches the poorest given share of people, over that share: 1 is neutral, more is progressive.',
      ar: 'حصة النسبة الأفقر من السكان من المنفعة مقسومةً على تلك النسبة: 1 توزيع محايد، وما زاد عليه في مصلحة الفقراء.',
    },
    unit: 'ratio',
    source: 'Coady, Grosh & Hoddinott 2004',
    computedBy: { file: 'concentration', name: 'coadyGroshHoddinott' },
  },
  {
    id: 'reached-by-decile',
    name: { en: 'Incidence by decile', ar: 'توزّع المنفعة على العُشيرات' },
    definition: {
      en: 'For each tenth of the people by welfare, who is reached, how much money they get, and what share of all that is.',
      ar: 'لكل عُشر من السكان بحسب الرفاه: من تصلهم المنفعة، وكم يتلقون من المال، وما حصتهم من المجموع.',
    },
    unit: 'money',
    source: 'Demery 2003',
    computedBy: { file: 'reached-by-decile', name: 'reachedByDecile' },
  },
  {
    id: 'sampling-error',
    name: { en: 'Standard error on a sample', ar: 'الخطأ المعياري على عينة' },
    definition: {
      en: 'How far a share measured on a sample typically lies from the population’s, by linearisation over its strata and clusters, with a 95% t interval; the selection is taken as given.',
      ar: 'مقدار بُعد النسبة المقيسة على عينة عن نسبة السكان عادةً، بالتقريب الخطي على طبقاتها وعناقيدها، مع فترة ثقة 95% بتوزيع t، ويُعدّ الاختيار معطى ثابتًا.',
    },
    unit: 'share',
    source: 'Woodruff 1971; Binder 1983',
    computedBy: { file: '../on-sample/sampling-errors', name: 'samplingError' },
  },
]
