/** What was done, as a person is told; what has no words here is told by its code. */

export interface Words {
  readonly en: string
  readonly ar: string
}

/** Actions that are about persons. */
export const actionWords: Readonly<Record<string, Words>> = {
  'household.looked-up': { en: 'Looked up the household', ar: 'البحث عن الأسرة' },
  'household.determined': { en: 'Determined potential eligibility', ar: 'تحديد الأهلية المبدئية' },
  'household.re-evaluated': { en: 'Determined eligibility again after data changed', ar: 'إعادة تقييم الأهلية بعد تغيّر البيانات' },
  'determination.read': { en: 'Read a determination', ar: 'الاطلاع على قرار أهلية' },
  'determination.explained': { en: 'Read the explanation of a determination', ar: 'الاطلاع على تفسير قرار أهلية' },
  'determination.replayed': { en: 'Computed a determination again to check it', ar: 'إعادة حساب قرار أهلية للتحقق منه' },
  'determinations.superseded-listed': { en: 'Listed determinations under a superseded rule', ar: 'سرد القرارات الصادرة بقاعدة سابقة' },
  'application.posted': { en: 'Took an application', ar: 'استلام طلب' },
  'application.repeated': { en: 'Told the answer to an application again', ar: 'الإفصاح عن نتيجة طلب مرة أخرى' },
  'application.read': { en: 'Read an application', ar: 'الاطلاع على طلب' },
  'enrolments.reported': { en: 'Reported what became of an enrolment', ar: 'الإبلاغ عن حالة الالتحاق ببرنامج' },
  'enrolments.looked-up': { en: 'Read enrolments', ar: 'الاطلاع على الالتحاق بالبرامج' },
  'standing-question.settled': { en: 'Decided what stands after data changed', ar: 'البت في ما يبقى ساريًا بعد تغيّر البيانات' },
  'substitution.made': { en: 'Merged two numbers of the person', ar: 'دمج رقمين للشخص' },
  'substitution.undone': { en: 'Took a merger of numbers back', ar: 'التراجع عن دمج رقمين' },
  'ranked-list.unit-explained': { en: 'Read why a place in a ranked list is what it is', ar: 'الاطلاع على سبب الموقع في القائمة المرتبة' },
  'query.run': { en: 'Called a saved query', ar: 'تشغيل استعلام محفوظ' },
  'query.tried': { en: 'Tried a query', ar: 'تجربة استعلام' },
  'access-history.read': { en: 'Read this history', ar: 'الاطلاع على هذا السجل' },
}

export const actorKindWords = {
  user: { en: 'a person of this entity', ar: 'شخص في هذه الجهة' },
  key: { en: 'a system of this entity', ar: 'نظام لهذه الجهة' },
  client: { en: 'a system of this entity', ar: 'نظام لهذه الجهة' },
  service: { en: 'the service itself', ar: 'الخدمة نفسها' },
} as const

export const wordsOfAction = (action: string): Words => actionWords[action] ?? { en: action, ar: action }
