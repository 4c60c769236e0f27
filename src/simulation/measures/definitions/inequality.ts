/** Definitions of the measures of inequality. */
import type { MeasureDefinition } from '../measure-definition.ts'

export const inequalityDefinitions: readonly MeasureDefinition[] = [
  {
    id: 'quantile',
    name: { en: 'Quantile', ar: 'القيمة التجزيئية' },
    definition: {
      en: 'The welfare that a given share of the weight does not exceed; half way to the next value where that share is met exactly.',
      ar: 'مقدار الرفاه الذي لا تتجاوزه نسبة معيّنة من الوزن، أو منتصف المسافة إلى القيمة التالية إذا تحققت النسبة تمامًا.',
    },
    unit: 'welfare',
    source: 'Hyndman & Fan 1996, type 2',
    computedBy: { file: 'quantile', name: 'quantile' },
  },
  {
    id: 'lorenz-curve',
    name: { en: 'Lorenz curve', ar: 'منحنى لورنز' },
    definition: {
      en: 'The share of all welfare that the poorest given share of people has, between known points by straight lines.',
      ar: 'حصة النسبة الأفقر من السكان من مجموع الرفاه، وتُوصل النقاط المعلومة بخطوط مستقيمة.',
    },
    unit: 'share',
    source: 'Lorenz 1905',
    computedBy: { file: 'lorenz', name: 'lorenzCurve' },
  },
  {
    id: 'welfare-shares',
    name: { en: 'Decile shares', ar: 'حصص العُشيرات' },
    definition: {
      en: 'The share of all welfare that each tenth of the people has, poorest first, read off the Lorenz curve.',
      ar: 'حصة كل عُشر من السكان من مجموع الرفاه، بدءًا بالأفقر، مقروءةً على منحنى لورنز.',
    },
    unit: 'share',
    source: 'World Bank, Poverty and Inequality Platform',
    computedBy: { file: 'lorenz', name: 'welfareShares' },
  },
  {
    id: 'gini',
    name: { en: 'Gini coefficient', ar: 'معامل جيني' },
    definition: {
      en: 'Twice the area between the Lorenz curve and the line of equality, by trapezoids: 0 where all are equal, near 1 where one has all.',
      ar: 'ضعف المساحة بين منحنى لورنز وخط المساواة محسوبةً بأشباه المنحرفات: صفر عند التساوي التام، ويقارب 1 إذا استأثر واحد بكل شيء.',
    },
    unit: 'index',
    source: 'Gini 1914',
    computedBy: { file: 'lorenz', name: 'gini' },
  },
  {
    id: 's80-s20',
    name: { en: 'Income quintile share ratio (S80/S20)', ar: 'نسبة حصة الخُمس الأعلى إلى حصة الخُمس الأدنى (S80/S20)' },
    definition: {
      en: 'The welfare of the best-off fifth of the people over that of the poorest fifth.',
      ar: 'رفاه أيسر خُمس من السكان مقسومًا على رفاه أفقر خُمس.',
    },
    unit: 'ratio',
    source: 'Eurostat, EU-SILC, ilc_di11',
    computedBy: { file: 'lorenz', name: 's80s20' },
  },
  {
    id: 'mean-log-deviation',
    name: { en: 'Mean log deviation (Theil 0)', ar: 'متوسط الانحراف اللوغاريتمي (ثيل 0)' },
    definition: {
      en: 'The mean of the logarithm of mean welfare over own welfare; it splits exactly into within and between groups by their numbers of people.',
      ar: 'متوسط لوغاريتم نسبة الرفاه الوسطي إلى رفاه الفرد، وينقسم بدقة إلى ما داخل المجموعات وما بينها بحسب أعداد أفرادها.',
    },
    unit: 'index',
    source: 'Theil 1967; Shorrocks 1980',
    computedBy: { file: 'theil', name: 'meanLogDeviation' },
  },
  {
    id: 'theil',
    name: { en: 'Theil index (Theil 1)', ar: 'مؤشر ثيل (ثيل 1)' },
    definition: {
      en: 'The mean of own over mean welfare times its logarithm; it splits exactly into within and between groups by their shares of welfare.',
      ar: 'متوسط نسبة رفاه الفرد إلى الرفاه الوسطي مضروبةً في لوغاريتمها، وينقسم بدقة إلى ما داخل المجموعات وما بينها بحسب حصصها من الرفاه.',
    },
    unit: 'index',
    source: 'Theil 1967; Shorrocks 1980',
    computedBy: { file: 'theil', name: 'theil' },
  },
  {
    id: 'atkinson',
    name: { en: 'Atkinson index', ar: 'مؤشر أتكنسون' },
    definition: {
      en: 'The share of all welfare that a society with a given aversion to inequality would give up to have the rest spread equally.',
      ar: 'حصة الرفاه التي يقبل مجتمع ذو نفور معيّن من التفاوت أن يستغني عنها مقابل توزيع الباقي بالتساوي.',
    },
    unit: 'index',
    source: 'Atkinson 1970',
    computedBy: { file: 'atkinson', name: 'atkinson' },
  },
]
