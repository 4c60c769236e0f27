/** Every sentence and label of the report in both languages; what is measured has its words in the definitions of the measures. */
import type { Words } from '../../language/fact-space.ts'

const words = (en: string, ar: string): Words => ({ en, ar })

/** `{name}` is replaced by a value. */
export const reportWords = {
  title: words('Simulation: {name}', 'محاكاة: {name}'),
  contents: words('Contents', 'المحتويات'),
  subject: words(
    'What a change of rules, formulas or amounts would do, compared with a baseline. Nothing here has been decided, and nobody has been selected or refused by it.',
    'ما الذي يترتب على تغيير في القواعد أو المعادلات أو المبالغ مقارنةً بخط الأساس. لا يُعدّ أي شيء هنا قرارًا، ولم يُقبل به أحد أو يُرفض.',
  ),
  asOf: words('Facts as of', 'البيانات كما في'),
  households: words('Households', 'عدد الأسر'),
  persons: words('Persons', 'عدد الأفراد'),
  line: words('Poverty line, JOD per person and month', 'خط الفقر (دينار للفرد شهريًا)'),
  finished: words('Computed on', 'تاريخ الحساب'),
  told: words('Told as', 'صيغة الإفصاح'),
  exact: words(
    'Exact counts and amounts. Not for publication: small cells may point to a family.',
    'أعداد ومبالغ دقيقة. ليست للنشر: قد تدل الخلايا الصغيرة على أسرة بعينها.',
  ),
  disclosed: words(
    'Protected counts: those below ten are suppressed, the others moved by up to four; amounts have three significant digits. So parts need not add up to totals.',
    'أعداد محمية: يُحجب ما يقل عن عشرة، ويُزاح غيره بما لا يتجاوز أربعة، وتُقرَّب المبالغ إلى ثلاثة أرقام معنوية. لذلك قد لا يساوي مجموع الأجزاء الكل.',
  ),
  fewer: words('fewer than 10', 'أقل من 10'),
  notTold: words('withheld', 'محجوب'),
  none: words('none', 'لا يوجد'),
  notMeasured: words('not measured', 'غير مقيس'),
  tooSmall: words('too few poor households to tell', 'عدد الأسر الفقيرة أقل من أن يُحكم عليه'),
  unknownGroup: words('not known', 'غير معروف'),
  baseline: words('Baseline', 'خط الأساس'),
  scenario: words('Scenario: {name}', 'السيناريو: {name}'),
  programme: words('Programme', 'البرنامج'),
  policy: words('Policy', 'السياسة'),
  source: words('Source', 'المصدر'),

  askedTitle: words('What was asked', 'المطلوب محاكاته'),
  noChange: words('No change: the baseline again, in which nothing may differ.', 'لا تغيير: خط الأساس نفسه، ولا يصح أن يختلف فيه شيء.'),
  changedText: words('{object} “{name}”', '{object} «{name}»'),
  formula: words('Formula', 'المعادلة'),
  rule: words('Rule', 'القاعدة'),
  parameter: words('Parameter', 'المعيار'),
  definitionText: words('Shared condition', 'الشرط المشترك'),
  version: words('version {version}', 'الإصدار {version}'),
  changedWhole: words('written anew', 'كُتب نصه من جديد'),
  changedValue: words('value', 'القيمة'),
  changedMore: words('and {count} more places', 'و{count} من المواضع الأخرى'),
  onlyGovernorates: words('Only these governorates (codes): {codes}', 'هذه المحافظات فقط (الرموز): {codes}'),

  costTitle: words('Cost', 'الكلفة'),
  costLead: words(
    'Money committed to those selected for the period of each programme; the last line puts all of them on a month.',
    'المال المخصص للمختارين عن دورة كل برنامج، ويحوّلها السطر الأخير كلها إلى شهر واحد.',
  ),
  period: words('Period', 'الدورة'),
  month: words('month', 'شهر'),
  quarter: words('quarter', 'ربع سنة'),
  year: words('year', 'سنة'),
  budget: words('Budget', 'الموازنة'),
  budgetChanged: words('{before}, then {after}', '{before}، ثم {after}'),
  before: words('Before', 'قبل'),
  after: words('After', 'بعد'),
  difference: words('Difference', 'الفرق'),
  allMonthly: words('In all, a month', 'المجموع شهريًا'),
  jod: words('JOD', 'دينار'),
  costFigure: words('Change of cost by programme, JOD a month', 'تغيّر الكلفة بحسب البرنامج (دينار شهريًا)'),
  costDefinition: words(
    'The amounts of all selected units after the change less those before, spread over the months of the programme’s period.',
    'مجموع مبالغ الوحدات المختارة بعد التغيير مطروحًا منه مجموعها قبله، موزعًا على أشهر دورة البرنامج.',
  ),
  amountDefinition: words(
    'The amounts of all selected units of the group after the change less those before.',
    'مجموع مبالغ الوحدات المختارة في المجموعة بعد التغيير مطروحًا منه مجموعها قبله.',
  ),
  stopped: words('the budget ends before the list does', 'تنفد الموازنة قبل نهاية القائمة'),

  moversTitle: words('Who enters and who leaves', 'من يدخل ومن يخرج'),
  selectedBefore: words('Selected before', 'المختارون قبل التغيير'),
  selectedAfter: words('Selected after', 'المختارون بعد التغيير'),
  enter: words('Enter', 'يدخلون'),
  leave: words('Leave', 'يخرجون'),
  inHouseholds: words('households', 'أسر'),
  inPersons: words('persons', 'أفراد'),
  personsCount: words('persons: {count}', 'الأفراد: {count}'),
  moversFigure: words(
    '{programme}: {unit} that enter and leave, by {breakdown}',
    '{programme}: الداخلون والخارجون ({unit}) بحسب {breakdown}',
  ),
  moneyFigure: words(
    '{programme}: change of amount by {breakdown}, JOD a {period}',
    '{programme}: تغيّر المبلغ بحسب {breakdown} (دينار لكل {period})',
  ),
  gains: words('More', 'زيادة'),
  losses: words('Less', 'نقصان'),
  unaffected: words('No selection and no amount changes in: {programmes}.', 'لا يتغير الاختيار ولا المبلغ في: {programmes}.'),
  nothingMoves: words('No selection and no amount changes in any programme.', 'لا يتغير الاختيار ولا المبلغ في أي برنامج.'),

  povertyTitle: words('Poverty and inequality', 'الفقر والتفاوت'),
  povertyLead: words('Of persons, after the transfers of all programmes.', 'للأفراد، بعد تحويلات جميع البرامج.'),
  measure: words('Measure', 'المقياس'),
  lorenzFigure: words('Lorenz curves, after transfers', 'منحنيات لورنز بعد التحويلات'),
  lorenzDifferenceFigure: words('Lorenz curves less the baseline’s', 'منحنيات لورنز مطروحًا منها خط الأساس'),
  lorenzDifference: words(
    'Above the line, the poorest given share of people has more of all welfare than in the baseline; in hundredths of all welfare.',
    'ما كان فوق الخط يعني أن حصة النسبة الأفقر من الرفاه أكبر منها في خط الأساس، وذلك بأجزاء من مئة من مجموع الرفاه.',
  ),
  sharePeople: words('Share of persons, the poorest first', 'نسبة الأفراد، الأفقر أولًا'),
  shareWelfare: words('Share of all welfare', 'نسبة الرفاه'),
  shareBenefit: words('Share of the benefit', 'نسبة المنفعة'),
  equality: words('The straight grey line is equality.', 'الخط الرمادي المستقيم هو المساواة التامة.'),
  noReference: words(
    'Nothing is known of the welfare of these households, so poverty, inequality and errors are not measured.',
    'لا يُعرف رفاه هذه الأسر، فلا يُقاس الفقر ولا التفاوت ولا الأخطاء.',
  ),

  targetingTitle: words('Errors of targeting', 'أخطاء الاستهداف'),
  concentrationFigure: words('{programme}: concentration curves', '{programme}: منحنيات التركّز'),
  nobodyReceives: words('{programme}: nobody receives anything.', '{programme}: لا أحد يتلقى شيئًا.'),
  tradeOffFigure: words('{programme}: inclusion against exclusion', '{programme}: الشمول مقابل الاستبعاد'),
  tradeOffAxisX: words('Error of inclusion', 'خطأ الشمول'),
  tradeOffAxisY: words('Error of exclusion', 'خطأ الاستبعاد'),
  tradeOffDefinition: words(
    'A point for each policy, a line from the baseline to each scenario: towards the lower left both errors shrink, along a falling line one is traded for the other.',
    'نقطة لكل سياسة، وخط من خط الأساس إلى كل سيناريو: كلما اتجه نحو الأسفل واليسار قلّ الخطآن معًا، وعلى الخط الهابط يُستبدل أحدهما بالآخر.',
  ),
  sameNotDrawn: words(
    'A scenario that leaves a programme as it was is not drawn again.',
    'السيناريو الذي لا يغيّر شيئًا في برنامج لا يُرسم مرة أخرى.',
  ),
  missedTitle: words('What kept the poor out', 'ما الذي حال دون الفقراء'),
  missedFigure: words(
    'The poor whom each programme misses, by the first thing that kept them out',
    'الفقراء الذين لا يصل إليهم كل برنامج بحسب أول سبب حال دونهم',
  ),
  shareOfPoor: words('Share of the poor', 'نسبة من الفقراء'),
  unregistered: words('not in the population of the run', 'خارج مجتمع التشغيل'),
  ineligible: words('filtered out by the rule', 'استبعدته القاعدة'),
  undetermined: words('undetermined for lack of data', 'لم يُحسم لنقص البيانات'),
  'served-by-another': words('served by another programme', 'يخدمه برنامج آخر'),
  'past-threshold': words('score past the threshold', 'تجاوزت درجته العتبة'),
  'no-place': words('no place left', 'لم يبق مكان'),
  'no-budget': words('no budget left', 'لم تبق موازنة'),

  filtersTitle: words('What each condition keeps out', 'ما يستبعده كل شرط'),
  filtersLead: words(
    'Units for which a condition of the rule is false, and those among them whom nothing else keeps out: they would be eligible without it. The last two columns count those who are poor.',
    'الوحدات التي لا يتحقق فيها شرط من شروط القاعدة، ومنها ما لا يستبعده سواه: تصبح مؤهلة لو حُذف. ويعدّ العمودان الأخيران الفقراء منها.',
  ),
  condition: words('Condition', 'الشرط'),
  excluded: words('Kept out', 'المستبعدون'),
  excludedAlone: words('By it alone', 'به وحده'),
  poorExcluded: words('Poor kept out', 'الفقراء المستبعدون'),
  poorAlone: words('Poor, by it alone', 'الفقراء به وحده'),

  fairnessTitle: words('Fairness', 'العدالة بين المجموعات'),
  fairnessFigure: words(
    '{programme}: error of exclusion by group, with 95% intervals',
    '{programme}: خطأ الاستبعاد بحسب المجموعة مع فترات ثقة 95%',
  ),
  fairnessDefinition: words(
    'The poor who are not selected, of the poor of the group. Where intervals of two groups lie apart, chance alone hardly explains the difference.',
    'نسبة الفقراء غير المختارين من فقراء المجموعة. وإذا تباعدت فترتا مجموعتين فمن المستبعد أن تكون المصادفة وحدها سبب الفرق.',
  ),

  ranksTitle: words('Moves in rank', 'التنقّل بين الرتب'),
  ranksFigure: words(
    'How far households move in the order, hundredths of the population',
    'مدى تحرّك الأسر في الترتيب، بأجزاء من مئة من المجتمع',
  ),
  ranksDefinition: words(
    'Thin line: from the 1st to the 99th hundredth of households; thick line: the middle eight tenths; bar: the middle half; mark: the median. Below zero is a move towards the poorest.',
    'الخط الرفيع: من الجزء الأول إلى التاسع والتسعين من مئة من الأسر؛ والخط الغليظ: الثمانون الوسطى منها؛ والشريط: النصف الأوسط؛ والعلامة: الوسيط. وما دون الصفر تحرّكٌ نحو الأفقر.',
  ),
  noRankMoves: words(
    'No scenario changes the scores of a formula that both rank by.',
    'لا يغيّر أي سيناريو درجات معادلة يُرتَّب بها قبل التغيير وبعده.',
  ),
  meanDistance: words('Mean distance, hundredths', 'متوسط المسافة (أجزاء من مئة)'),
  sameTenth: words('Households in the same tenth', 'الأسر الباقية في العُشر نفسه'),
  order: words('Formula', 'المعادلة'),

  cutOffTitle: words('Near the cut-off', 'القرب من حدّ القطع'),
  cutOffLead: words(
    'Units whose score lies within {within} points of the last unit selected: a rounding or a small error of one term can move them across.',
    'وحدات لا تبعد درجتها أكثر من {within} نقطة عن آخر وحدة مختارة: قد ينقلها عبر الحدّ تقريبٌ أو خطأ صغير في أحد البنود.',
  ),
  cutOff: words('Cut-off, points', 'حدّ القطع (نقاط)'),
  belowCutOff: words('Just below', 'دونه بقليل'),
  aboveCutOff: words('Just above', 'فوقه بقليل'),
  noCutOff: words('no one is selected by score', 'لا أحد يُختار بالدرجة'),

  originTitle: words('Where this comes from', 'مصدر هذا التقرير'),
  simulation: words('Simulation', 'المحاكاة'),
  run: words('Run', 'التشغيل'),
  snapshot: words('Snapshot', 'اللقطة'),
  versionSet: words('Versions', 'مجموعة الإصدارات'),
  manifest: words('Manifest', 'البيان'),
  again: words(
    'The command mizan verify simulation computes it again and compares every byte.',
    'يعيد الأمر \u2066mizan verify simulation\u2069 حسابها ويقارن كل بايت.',
  ),
  perPolicy: words('{policy}: {values}', '{policy}: {values}'),
} as const satisfies Readonly<Record<string, Words>>

export type ReportWord = keyof typeof reportWords
