/** Codes of what is allowed and probably not meant, in both languages: warnings that keep nothing from being submitted. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { Words } from '../../language/fact-space.ts'

export const suspicionCodes = {
  'part-never-true': {
    en: 'No household can make this part true: it contradicts itself, or the range of its facts.',
    ar: 'لا يمكن لأي أسرة أن تستوفي هذا الجزء: فهو يناقض نفسه أو نطاق متغيّراته.',
  },
  'part-never-false': {
    en: 'No household can make this part false: it keeps nobody out.',
    ar: 'لا يمكن لأي أسرة ألا تستوفي هذا الجزء: فهو لا يستبعد أحدًا.',
  },
  'part-superfluous': {
    en: 'Without this part every household would get the same outcome: the parts beside it say it already.',
    ar: 'تبقى نتيجة كل أسرة كما هي دون هذا الجزء: فالأجزاء المجاورة تتضمنه.',
  },
  'part-repeated': { en: 'The same condition stands twice in one group.', ar: 'ورد الشرط نفسه مرتين في مجموعة واحدة.' },
  'parts-not-decided': {
    en: 'The condition is too large to look for contradictions and superfluous parts in it.',
    ar: 'الشرط أكبر من أن تُفحص تناقضاته وأجزاؤه الزائدة.',
  },
  'tier-never-reached': {
    en: 'Whoever is in this priority tier is in an earlier one.',
    ar: 'كل من تشمله هذه الأولوية تشمله أولوية سابقة.',
  },
  'words-language': {
    en: 'A text of one language stands where the other language belongs, or the same text stands in both.',
    ar: 'ورد نص بإحدى اللغتين في موضع اللغة الأخرى، أو النص نفسه في كلتيهما.',
  },
  'registry-not-fresh': {
    en: 'A fact comes from a registry whose data are older than it declares, or was never loaded: many will be undetermined.',
    ar: 'يأتي متغيّر من سجل بياناته أقدم من المعلن أو لم يُحمَّل قط: ستبقى أسر كثيرة غير محسومة.',
  },
  'threshold-unobserved': {
    en: 'A threshold lies beyond what was observed of a fact in the latest snapshot: fewer than ten households are on its other side.',
    ar: 'حدٌّ يتجاوز ما رُصد من قيم المتغيّر في أحدث لقطة: أقل من عشر أسر في جهته الأخرى.',
  },
  'range-being-counted': {
    en: 'The observed values of a fact are still being counted, so that thresholds on it were not looked at.',
    ar: 'ما زال عدّ القيم المرصودة لمتغيّر جاريًا، فلم تُفحص الحدود المبنية عليه.',
  },
  'fact-deprecated': {
    en: 'A fact is read that is on its way out: it still has its value, and new rules should read another.',
    ar: 'يُقرأ متغيّر في طريقه إلى الإلغاء: ما زالت له قيمته، وعلى القواعد الجديدة أن تقرأ غيره.',
  },
  'excludes-nobody': {
    en: 'Nobody in the latest snapshot fails this condition: it keeps nobody out. Told once the impact of the drafts was measured.',
    ar: 'لا أحد في أحدث البيانات المجمّدة يُخفق في هذا الشرط: فهو لا يستبعد أحدًا. يظهر بعد قياس أثر المسودات.',
  },
} as const satisfies Readonly<Record<string, Words>>

export type SuspicionCode = keyof typeof suspicionCodes

export const suspicion = (code: SuspicionCode, pointer: string, { en, ar }: Words, hint?: string): Diagnostic => ({
  code,
  pointer,
  message: en,
  messageAr: ar,
  ...(hint === undefined ? {} : { hint }),
  severity: 'warning',
})
