/** What a notice says to the person, in both languages: purpose, data, rights, and where to turn. */
import type { Words } from '../../language/fact-space.ts'
import type { NoticeKind } from './notice-store.ts'

const rights: Words = {
  en: 'You may ask which data about you are kept and who looked at them, have what is wrong corrected, object, and appeal. Nothing is decided against you without a named person. Turn to the office where you applied.',
  ar: 'لك أن تسأل عما يُحفظ عنك من بيانات ومن اطّلع عليها، وأن تطلب تصحيح الخطأ، وأن تعترض وتتظلّم. ولا يُتخذ قرار في غير صالحك دون موظف مسمّى. راجع المكتب الذي قدّمت فيه الطلب.',
}

const first: Readonly<Record<Exclude<NoticeKind, 'selected'>, Words>> = {
  registered: {
    en: 'The National Unified Registry processes data about you and your household, from government registries and from what your household stated, to determine potential eligibility for social-protection programmes. The law lets it do so for this task; your consent is not asked for.',
    ar: 'يعالج السجل الوطني الموحد بيانات عنك وعن أسرتك، من سجلات الجهات الحكومية ومما صرّحت به الأسرة، لتحديد الأهلية المبدئية لبرامج الحماية الاجتماعية. ويجيز له القانون ذلك لهذه المهمة دون طلب موافقتك.',
  },
  determined: {
    en: 'The potential eligibility of your household for social-protection programmes was determined. You may read the outcome and its reasons.',
    ar: 'جرى تحديد الأهلية المبدئية لأسرتك لبرامج الحماية الاجتماعية، ولك أن تطّلع على النتيجة وأسبابها.',
  },
}

/** Money is the programme's affair: a place on a list is no payment. */
const selected = ({ en, ar }: Words): Words => ({
  en: `Your household, or a member of it, was selected for “${en}”. The agency of the programme tells you what comes next; being selected is not yet a payment.`,
  ar: `اختيرت أسرتك أو أحد أفرادها لبرنامج «${ar}». وستعلمكم الجهة صاحبة البرنامج بالخطوة التالية، والاختيار ليس دفعًا بعد.`,
})

/** `programme`: its names, of a selection. */
export function noticeText(kind: NoticeKind, programme: Words | null): Words {
  const { en, ar } = kind === 'selected' ? selected(programme ?? { en: '—', ar: '—' }) : first[kind]
  return { en: `${en} ${rights.en}`, ar: `${ar} ${rights.ar}` }
}
