/** Sentences and labels of the report about measures: errors, fairness, poverty. */
import type { Words } from '../../language/fact-space.ts'

const words = (en: string, ar: string): Words => ({ en, ar })

/** As `reportWords`, which they are a part of. */
export const measureWords = {
  lineOfEquivalents: words('Poverty line, JOD per equivalent adult and month', 'خط الفقر (دينار للبالغ المكافئ شهريًا)'),
  scale: words('Scale of equivalence', 'مقياس التكافؤ'),
  scaleByAge: words(
    'the first adult 1, each further adult {adult}, each child under {years} {child}',
    'البالغ الأول 1، وكل بالغ بعده {adult}، وكل طفل دون {years} من العمر {child}',
  ),
  scaleBySize: words('by number of persons: {sizes}', 'بحسب عدد الأفراد: {sizes}'),
  linesTitle: words('Before and after transfers, by poverty line', 'قبل التحويلات وبعدها بحسب خط الفقر'),
  linesCaption: words(
    'Poverty at each line; in brackets the change by the transfers of all programmes, in hundredths',
    'الفقر عند كل خط، وبين قوسين التغيّر بفعل تحويلات جميع البرامج بأجزاء من مئة',
  ),
  lineAt: words('Line, JOD a month', 'الخط (دينار شهريًا)'),
  errorsByHousehold: words('By household', 'بحسب الأسر'),
  errorsByPerson: words('By person: each household counts as often as it has persons', 'بحسب الأفراد: تُحسب كل أسرة بعدد أفرادها'),

  fairnessTitle: words('Fairness', 'العدالة بين المجموعات'),
  fairnessFigure: words(
    '{programme}: error of exclusion by group, with 95% intervals',
    '{programme}: خطأ الاستبعاد بحسب المجموعة مع فترات ثقة 95%',
  ),
  fairnessDefinition: words(
    'The poor who are not selected, of the poor of the group. Where intervals of two groups lie apart, chance alone hardly explains the difference.',
    'نسبة الفقراء غير المختارين من فقراء المجموعة. وإذا تباعدت فترتا مجموعتين فمن المستبعد أن تكون المصادفة وحدها سبب الفرق.',
  ),

  inclusionFairnessFigure: words(
    '{programme}: error of inclusion by group, with 95% intervals',
    '{programme}: خطأ الشمول بحسب المجموعة مع فترات ثقة 95%',
  ),
  inclusionFairnessDefinition: words(
    'The non-poor who are selected, of all selected of the group.',
    'نسبة غير الفقراء المختارين من مجموع المختارين من المجموعة.',
  ),
  undeterminedFigure: words(
    '{programme}: share undetermined by group, with 95% intervals',
    '{programme}: نسبة من تعذّر البتّ في أمرهم بحسب المجموعة مع فترات ثقة 95%',
  ),
  undeterminedDefinition: words(
    'Units whose eligibility cannot be determined because something about them is unknown, of all units of the group.',
    'نسبة الوحدات التي يتعذّر البتّ في أهليتها لأن شيئًا من بياناتها مجهول، من مجموع وحدات المجموعة.',
  ),
  likelihoodFigure: words('{formula}: poverty rate by group, from likelihoods', '{formula}: معدل الفقر بحسب المجموعة، من الاحتمالات'),
  likelihoodDefinition: words(
    'The mean of the likelihoods that the table of the formula gives to scores, by person; households without a score are left out.',
    'متوسط الاحتمالات التي يعطيها جدول المعادلة للدرجات، بحسب الأفراد، مع استثناء الأسر التي ليست لها درجة.',
  ),
  imputedFigure: words(
    '{formula}: share of scores with an imputed value by group, with 95% intervals',
    '{formula}: نسبة الدرجات التي عُوّضت فيها قيمة مجهولة بحسب المجموعة مع فترات ثقة 95%',
  ),
  imputedDefinition: words(
    'Households whose score used a value that was imputed for an unknown fact, of all households of the group that have a score.',
    'نسبة الأسر التي استُعملت في درجتها قيمة بديلة عن معلومة مجهولة، من مجموع أسر المجموعة التي لها درجة.',
  ),
}
