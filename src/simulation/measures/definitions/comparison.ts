/** Definitions of the measures that hold one policy, or one group, against another. */
import type { MeasureDefinition } from '../measure-definition.ts'

const rates = (field: string): MeasureDefinition['computedBy'] => ({ file: 'fairness', name: 'ratesByGroup', field })

export const comparisonDefinitions: readonly MeasureDefinition[] = [
  {
    id: 'spearman',
    name: { en: "Spearman's rank correlation", ar: 'معامل ارتباط الرتب لسبيرمان' },
    definition: {
      en: 'The linear correlation of two rankings of the same units, equals sharing the average of their ranks.',
      ar: 'الارتباط الخطي بين ترتيبين للوحدات نفسها، ويأخذ المتساوون متوسط رتبهم.',
    },
    unit: 'index',
    source: 'Spearman 1904; Kendall 1945',
    computedBy: { file: 'rank-correlation', name: 'spearman' },
  },
  {
    id: 'kendall-tau-b',
    name: { en: "Kendall's tau-b", ar: 'معامل كندال تاو-ب' },
    definition: {
      en: 'Pairs that two rankings put in the same order less pairs in opposite order, over the pairs that neither leaves tied, as a geometric mean.',
      ar: 'عدد الأزواج المتفقة في الترتيبين مطروحًا منه عدد المتعاكسة، مقسومًا على المتوسط الهندسي لعدد الأزواج غير المتساوية في كل منهما.',
    },
    unit: 'index',
    source: 'Kendall 1945; Knight 1966',
    computedBy: { file: 'rank-correlation', name: 'kendallTauB' },
  },
  {
    id: 'rank-moves',
    name: { en: 'Moves between ranks', ar: 'التنقّل بين الرتب' },
    definition: {
      en: 'How many units go from each decile of one ranking to each of another, and by how much of the ranking they move.',
      ar: 'عدد الوحدات المنتقلة من كل عُشير في ترتيب إلى كل عُشير في ترتيب آخر، ومقدار تحرّكها فيه.',
    },
    unit: 'hundredths',
    source: 'Jäntti & Jenkins 2015',
    computedBy: { file: 'rank-moves', name: 'rankMoves' },
  },
  {
    id: 'transitions',
    name: { en: 'Transition matrix', ar: 'مصفوفة الانتقال' },
    definition: {
      en: 'How many units and persons go from each status before a change to each status after it, with the money they are paid on either side: exactly in an exact result; in a protected one rounded, or withheld.',
      ar: 'عدد الوحدات والأفراد المنتقلين من كل حالة قبل التغيير إلى كل حالة بعده، مع ما يُدفع لهم قبله وبعده من المال: بالضبط في النتيجة الدقيقة، ومقرّبًا أو محجوبًا في النتيجة المحمية.',
    },
    unit: 'units',
    source: 'Jenkins 2011, ch. 5',
    computedBy: { file: '../tabulate', name: 'tabulate' },
  },
  {
    id: 'near-cut-off',
    name: { en: 'Near the cut-off', ar: 'القرب من حدّ القطع' },
    definition: {
      en: 'The weight of units whose score is within a given distance of the cut-off, below it, on it and above it.',
      ar: 'وزن الوحدات التي لا تبعد درجاتها عن حدّ القطع أكثر من مسافة معيّنة، دونه وعليه وفوقه.',
    },
    unit: 'weight',
    source: 'Lee & Lemieux 2010',
    computedBy: { file: 'near-cut-off', name: 'nearCutOff' },
  },
  {
    id: 'group-rate',
    name: { en: 'Rate of a group', ar: 'معدل المجموعة' },
    definition: {
      en: 'A rate such as an error, the share undetermined or the share of scores with an imputed value within one group, with its 95% interval; nothing is said of groups that are too small.',
      ar: 'معدل، كخطأ الاستبعاد أو خطأ الشمول أو نسبة من تعذّر البتّ في أمرهم أو نسبة الدرجات ذات القيم المعوَّضة، ضمن مجموعة واحدة مع فترة ثقة 95%، ولا يُذكر شيء عن المجموعات الصغيرة جدًا.',
    },
    unit: 'share',
    source: 'Wilson 1927',
    computedBy: rates('rate'),
  },
  {
    id: 'group-difference',
    name: { en: 'Difference between groups', ar: 'الفرق بين المجموعات' },
    definition: {
      en: "A group's rate less that of the reference, which is another group or all others, with its 95% interval.",
      ar: 'معدل المجموعة مطروحًا منه معدل المرجع، وهو مجموعة أخرى أو سائر المجموعات، مع فترة ثقة 95%.',
    },
    unit: 'difference',
    source: 'Newcombe 1998, method 10',
    computedBy: rates('difference'),
  },
  {
    id: 'group-ratio',
    name: { en: 'Ratio between groups', ar: 'النسبة بين المجموعات' },
    definition: {
      en: "A group's rate over that of the reference, with its 95% interval on the log scale.",
      ar: 'معدل المجموعة مقسومًا على معدل المرجع، مع فترة ثقة 95% على المقياس اللوغاريتمي.',
    },
    unit: 'ratio',
    source: 'Katz, Baptista, Azen & Pike 1978',
    computedBy: rates('ratio'),
  },
]
