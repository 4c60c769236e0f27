/** What every reader is told beside the outcome, in both languages. */
import type { Words } from '../language/fact-space.ts'
import type { DeterminationReason } from './determination-store.ts'
import type { DeterminedOutcome } from './determine.ts'

export const outcomeWords: Readonly<Record<DeterminedOutcome, Words>> = {
  eligible: { en: 'Potentially eligible', ar: 'مؤهل مبدئيًا' },
  ineligible: { en: 'Not eligible', ar: 'غير مؤهل' },
  undetermined: { en: 'Undetermined: information is missing', ar: 'غير محسوم لنقص البيانات' },
  withheld: { en: 'Withheld: an employee examines the case', ar: 'النتيجة محجوبة: الحالة قيد الدراسة لدى موظف مختص' },
}

export const reasonWords: Readonly<Record<DeterminationReason, Words>> = {
  request: { en: 'Determined because somebody asked', ar: 'جرى التحديد بناءً على طلب' },
  're-evaluation': { en: 'Determined again because the household’s data changed', ar: 'أُعيد التقييم لتغيّر بيانات الأسرة' },
}

export const notices = {
  potential: {
    en: 'This is potential eligibility. The programme selects among the eligible while its places and budget last.',
    ar: 'هذه أهلية مبدئية، ويختار البرنامج من بين المؤهلين في حدود الأعداد المقررة والمخصصات المتاحة.',
  },
  withheld: {
    en: 'Two independent calculations did not agree, so no outcome is given. The case was recorded and an employee examines it.',
    ar: 'لم تتطابق نتيجتا الحسابين المستقلين، ولذلك لا تُعطى نتيجة. سُجلت الحالة ويتولى موظف دراستها.',
  },
  undetermined: {
    en: 'Nothing was decided against the family. What is missing can be supplied or corrected at any time.',
    ar: 'لم يُتخذ أي قرار بحق الأسرة، ويمكن استكمال البيانات الناقصة أو تصحيحها في أي وقت.',
  },
  illustrative: {
    en: 'Illustrative rule or formula: not a published policy.',
    ar: 'القاعدة أو المعادلة توضيحية وليست سياسة معلنة.',
  },
  appeal: {
    en: 'If a value is wrong, ask the body that keeps it to correct it; whoever disagrees may appeal, and a person decides.',
    ar: 'إذا كانت إحدى القيم غير صحيحة فاطلبوا تصحيحها من الجهة المالكة للبيانات، ولمن لا يوافق على النتيجة أن يتظلّم ويفصل في التظلّم موظف مختص.',
  },
  otherMember: {
    en: 'This concerns another member of the household, whose values are shown to that member only.',
    ar: 'تخص هذه النتيجة فردًا آخر من الأسرة، ولا تُعرض بياناته إلا عليه.',
  },
} as const satisfies Record<string, Words>

/** The notices that belong to an outcome. */
export function noticesFor(outcome: DeterminedOutcome, illustrative: boolean): readonly Words[] {
  const own =
    outcome === 'eligible'
      ? [notices.potential]
      : outcome === 'undetermined'
        ? [notices.undetermined]
        : outcome === 'withheld'
          ? [notices.withheld]
          : []
  return [...own, ...(illustrative ? [notices.illustrative] : []), notices.appeal]
}

export const replaySentence = (same: boolean): Words =>
  same
    ? {
        en: 'Determined again from the stored facts and versions, the same bytes came out.',
        ar: 'أُعيد التحديد من البيانات والنسخ المحفوظة فنتج المحتوى نفسه حرفيًا.',
      }
    : {
        en: 'Determined again from the stored facts and versions, something else came out: tell the operator.',
        ar: 'أُعيد التحديد من البيانات والنسخ المحفوظة فنتج محتوى مختلف: أبلغ المشغّل.',
      }
