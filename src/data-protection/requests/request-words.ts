/** What a request and its status are called. */
import type { Words } from '../../language/fact-space.ts'
import type { RequestKind, RequestStatus } from './request-store.ts'

export const kindWords: Readonly<Record<RequestKind, Words>> = {
  objection: { en: 'Objection to a processing', ar: 'اعتراض على معالجة البيانات' },
  correction: { en: 'Correction of a value', ar: 'طلب تصحيح قيمة' },
}

export const statusWords: Readonly<Record<RequestStatus, Words>> = {
  received: { en: 'Received, waits for an answer', ar: 'مستلَم بانتظار الرد' },
  accepted: { en: 'Accepted, to be carried out', ar: 'مقبول قيد التنفيذ' },
  refused: { en: 'Refused, with the reason', ar: 'مرفوض مع بيان السبب' },
  'carried-out': { en: 'Carried out', ar: 'منفَّذ' },
  withdrawn: { en: 'Withdrawn by the person', ar: 'مسحوب من صاحب الطلب' },
}
