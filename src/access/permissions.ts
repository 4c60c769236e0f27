/** What a key can be allowed to do; every route names exactly one of these, or `public`. */

export const permissions = {
  'applications:write': { en: 'Post applications', ar: 'تقديم الطلبات' },
  'applications:read': { en: 'Read applications', ar: 'الاطلاع على الطلبات' },
  'determinations:write': { en: 'Determine households', ar: 'إجراء تحديد الأهلية للأسر' },
  'determinations:read': { en: 'Read determinations and their explanations', ar: 'الاطلاع على قرارات الأهلية وتفسيراتها' },
  'households:lookup': { en: 'Find a household by National ID', ar: 'البحث عن أسرة بالرقم الوطني' },
  'evaluate:run': { en: 'Try rules and formulas on facts sent along', ar: 'تجربة القواعد والمعادلات على بيانات مرسلة' },
  'versions:read': { en: 'Read catalogue, programmes and formulas', ar: 'الاطلاع على الفهرس والبرامج والمعادلات' },
  'versions:write': {
    en: 'Write, check and submit drafts of rules and what belongs to them',
    ar: 'كتابة مسودات القواعد وما يتصل بها وفحصها وتقديمها',
  },
  'versions:approve': { en: 'Approve or reject what somebody else submitted', ar: 'الموافقة على ما قدّمه شخص آخر أو رفضه' },
  'versions:activate': { en: 'Put approved changes into force', ar: 'إنفاذ التغييرات الموافق عليها' },
  'runs:write': { en: 'Run a population of registrants', ar: 'تشغيل الترتيب والاختيار للمسجّلين' },
  'runs:write-residents': { en: 'Run all residents', ar: 'تشغيل الترتيب والاختيار لجميع السكان' },
  'runs:read': { en: 'See runs and their manifests', ar: 'الاطلاع على عمليات التشغيل وبياناتها' },
  'ranked-lists:read': { en: 'Read ranked lists', ar: 'الاطلاع على القوائم المرتبة' },
  'ranked-lists:explain': { en: 'Explain why a unit of a run was selected or not', ar: 'تفسير اختيار وحدة في عملية تشغيل أو عدم اختيارها' },
  'ranked-lists:freeze': { en: 'Freeze and sign ranked lists', ar: 'تجميد القوائم المرتبة وتوقيعها' },
  'enrolments:write': { en: 'Report what became of selected units', ar: 'الإبلاغ عن حالة الوحدات المختارة في البرامج' },
  'enrolments:read': { en: 'Read enrolments of a household', ar: 'الاطلاع على التحاق الأسر بالبرامج' },
  'simulations:write': { en: 'Simulate changes before anyone is affected', ar: 'محاكاة التغييرات قبل أن تمس أحدًا' },
  'simulations:read': { en: 'Read results of simulations as protected aggregates', ar: 'الاطلاع على نتائج المحاكاة مجاميع محمية' },
  'simulations:exact': { en: 'Read exact results of simulations', ar: 'الاطلاع على النتائج الدقيقة للمحاكاة' },
  'queries:read': { en: 'Read saved queries and what they may be built of', ar: 'الاطلاع على الاستعلامات المحفوظة وما يمكن بناؤها منه' },
  'queries:write': { en: 'Build, try and save queries', ar: 'بناء الاستعلامات وتجربتها وحفظها' },
  'queries:run': { en: 'Call saved queries', ar: 'تشغيل الاستعلامات المحفوظة' },
  'changes:write': { en: 'Send changes of registries', ar: 'إرسال تغييرات السجلات' },
  'changes:read': { en: 'See how fresh registries are and which changes were set aside', ar: 'الاطلاع على حداثة السجلات والتغييرات المرفوضة' },
  'standing:read': { en: 'Read what a re-evaluation would take away', ar: 'الاطلاع على ما قد تسحبه إعادة التقييم' },
  'standing:decide': {
    en: 'Decide, as a named person, what stands after a re-evaluation',
    ar: 'البت باسم شخص معيّن في ما يبقى ساريًا بعد إعادة التقييم',
  },
  'registries:write': { en: 'Define registries and change their definitions', ar: 'تعريف السجلات وتغيير تعريفاتها' },
  'registries:read': { en: 'Read definitions of registries', ar: 'الاطلاع على تعريفات السجلات' },
  'loads:write': { en: 'Deliver rows of registries', ar: 'تسليم صفوف السجلات' },
  'loads:read': { en: 'See loads of registries and what they came to', ar: 'الاطلاع على عمليات تحميل السجلات ونتائجها' },
  'loads:rejected': { en: 'Read the refused rows of a load', ar: 'الاطلاع على الصفوف المرفوضة في التحميل' },
  'substitutions:write': { en: 'Merge two numbers of one person, and undo it', ar: 'دمج رقمين لشخص واحد والتراجع عن ذلك' },
  'audit:read': { en: 'Read and verify the audit chain', ar: 'الاطلاع على سجل التدقيق والتحقق منه' },
} as const satisfies Record<string, { en: string; ar: string }>

export type Permission = keyof typeof permissions
export const allPermissions = Object.keys(permissions) as Permission[]
export const isPermission = (text: unknown): text is Permission => typeof text === 'string' && Object.hasOwn(permissions, text)
