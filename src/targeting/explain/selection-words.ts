/** Why a unit of a list is selected, waitlisted or left out, in words: what decided, and where the last place went. */
import { formatDecimal } from '../../kernel/decimal.ts'
import type { Words } from '../../language/fact-space.ts'
import type { ListedUnit } from '../lists/list-store.ts'
import { moneyText, points } from '../lists/unit-answer.ts'
import type { Reason, Status } from '../outcome.ts'
import type { Places } from './list-places.ts'

export interface SelectionContext {
  readonly unit: ListedUnit
  /** Units of the list. */
  readonly eligible: number
  readonly nation: Places
  /** Null for a programme without quotas, or where the area is unknown. */
  readonly area: (Places & { readonly name: Words }) | null
  readonly waitlistPlace: number | null
  /** Names of the programmes that exclude it. */
  readonly excludedBy: readonly Words[]
  readonly places: number | null
  readonly budget: number | null
  /** Thousandths. */
  readonly spent: number
  readonly thresholds: { readonly entry: number; readonly exit: number } | null
  readonly keepUndeterminedMonths: number
  /** Label of its priority tier; null where it is in none. */
  readonly tier: Words | null
}

export function selectionSentences(context: SelectionContext): Words[] {
  const { unit, waitlistPlace, tier } = context
  const { position, nationalRank, percentile } = unit
  const sentences = [statusWords[unit.status], reasonWords[unit.reason as Reason](context)]
  if (waitlistPlace !== null)
    sentences.push({ en: `Its place on the waitlist is ${waitlistPlace}.`, ar: `ترتيبها في قائمة الانتظار ${waitlistPlace}.` })
  sentences.push({
    en: `It stands at position ${position} of ${context.eligible} in the programme's order${tier ? `, in the priority tier "${tier.en}"` : ''}.`,
    ar: `موضعها ${position} من أصل ${context.eligible} في ترتيب البرنامج${tier ? `، ضمن فئة الأولوية «${tier.ar}»` : ''}.`,
  })
  if (nationalRank !== null && percentile !== null)
    sentences.push({
      en: `By its score it ranks ${nationalRank} in the population of the run, in percentile ${percentile} (1 is the poorest).`,
      ar: `رتبتها بحسب الدرجة ${nationalRank} في المجتمع الذي شملته عملية التشغيل، ضمن المئين ${percentile} (المئين 1 هو الأشد فقرًا).`,
    })
  if (unit.dependsOnMissing)
    sentences.push({
      en: 'Facts that are missing could change whether it is selected: verify them first.',
      ar: 'قد تغيّر البيانات الناقصة نتيجة الاختيار، فيجب التحقق منها أولًا.',
    })
  return sentences
}

export const statusWords: Readonly<Record<Status, Words>> = {
  selected: { en: 'The unit is eligible and selected.', ar: 'الوحدة مؤهلة ومختارة.' },
  waitlisted: { en: 'The unit is eligible and on the waitlist.', ar: 'الوحدة مؤهلة ومدرجة في قائمة الانتظار.' },
  'left-out': { en: 'The unit is eligible but left out.', ar: 'الوحدة مؤهلة لكن لم يقع عليها الاختيار.' },
}

const reasonWords: Readonly<Record<Reason, (context: SelectionContext) => Words>> = {
  'within-quota': ({ area, places }) =>
    area
      ? {
          en: `It has one of the places of ${area.name.en}.`,
          ar: `نالت أحد المقاعد المخصصة لـ${area.name.ar}.`,
        }
      : {
          en: `It has one of the programme's${places === null ? '' : ` ${places}`} places.`,
          ar: `نالت أحد مقاعد البرنامج${places === null ? '' : ` وعددها ${places}`}.`,
        },
  'left-over-place': ({ area }) => ({
    en: `The places of ${area?.name.en ?? 'its area'} were taken; it has a place that other areas could not fill, given in national order.`,
    ar: `شُغلت مقاعد ${area?.name.ar ?? 'منطقتها'}، فنالت مقعدًا لم تشغله مناطق أخرى ومُنح بحسب الترتيب الوطني.`,
  }),
  'enrolled-kept': ({ thresholds }) => ({
    en: `It is enrolled already and keeps its place${thresholds ? `: its score has not left the exit threshold ${thresholds.exit}` : ''}.`,
    ar: `هي ملتحقة بالبرنامج وتحتفظ بمكانها${thresholds ? `، إذ لم تتجاوز درجتها حد الخروج ${thresholds.exit}` : ''}.`,
  }),
  'enrolled-kept-undetermined': ({ keepUndeterminedMonths }) => ({
    en: `It is enrolled, and facts are missing: it keeps its place until it is verified, for ${keepUndeterminedMonths} months at most.`,
    ar: `هي ملتحقة بالبرنامج وبياناتها ناقصة، فتحتفظ بمكانها ريثما يجري التحقق، مدة أقصاها ${keepUndeterminedMonths} أشهر.`,
  }),
  'excluded-by-programme': ({ excludedBy }) => ({
    en: `Another programme that comes before this one selected or serves it: ${excludedBy.map(({ en }) => en).join(', ')}.`,
    ar: `اختارها أو يخدمها برنامج آخر يسبق هذا البرنامج: ${excludedBy.map(({ ar }) => ar).join('، ')}.`,
  }),
  'undetermined-too-long': ({ keepUndeterminedMonths }) => ({
    en: `It is enrolled, but facts have been missing for ${keepUndeterminedMonths} months or longer.`,
    ar: `هي ملتحقة بالبرنامج، لكن بياناتها ناقصة منذ ${keepUndeterminedMonths} أشهر أو أكثر.`,
  }),
  'benefit-unknown': () => ({
    en: 'The amount that it would get is not known, so it cannot be counted against the budget.',
    ar: 'مقدار المنفعة المستحقة لها غير معروف، فلا يمكن احتسابه من المخصصات.',
  }),
  'no-score': () => ({
    en: 'The programme orders by score, and it has none because facts are missing.',
    ar: 'يرتّب البرنامج بحسب الدرجة، ولا درجة لها لنقص البيانات.',
  }),
  'past-entry-threshold': ({ unit, thresholds }) => ({
    en: `Its score ${points(unit.score)} does not reach the entry threshold ${thresholds?.entry}.`,
    ar: `درجتها ${points(unit.score)} لا تبلغ حد الدخول ${thresholds?.entry}.`,
  }),
  'past-exit-threshold': ({ unit, thresholds }) => ({
    en: `It is enrolled, but its score ${points(unit.score)} has left the exit threshold ${thresholds?.exit}.`,
    ar: `هي ملتحقة بالبرنامج، لكن درجتها ${points(unit.score)} تجاوزت حد الخروج ${thresholds?.exit}.`,
  }),
  'budget-exhausted': ({ budget, spent }) => ({
    en: `There would have been a place, but the budget${budget === null ? '' : ` of ${formatDecimal(Math.round(budget * 1_000), 3)} JOD`} was used up at a unit before it, or at it (${moneyText(spent)} JOD spent).`,
    ar: `كان لها مقعد، لكن المخصصات${budget === null ? '' : ` البالغة ${formatDecimal(Math.round(budget * 1_000), 3)} دينار`} استُنفدت عندها أو عند وحدة قبلها (أُنفق ${moneyText(spent)} دينار).`,
  }),
  'quota-full': ({ area, nation }) => {
    const [name, taken] = [area?.name ?? { en: 'its area', ar: 'منطقتها' }, area?.selected ?? nation.selected]
    const end = lastPlace(area ?? nation)
    return {
      en: `All places of ${name.en} are taken (${taken} selected), and no left-over place reached it.${end.en}`,
      ar: `شُغلت جميع مقاعد ${name.ar} (${taken} من المختارين)، ولم يصل إليها مقعد فائض.${end.ar}`,
    }
  },
  'no-places': ({ places, nation }) => {
    const end = lastPlace(nation)
    return {
      en: `All${places === null ? '' : ` ${places}`} places of the programme are taken.${end.en}`,
      ar: `شُغلت جميع مقاعد البرنامج${places === null ? '' : ` وعددها ${places}`}.${end.ar}`,
    }
  },
}

/** Where the cut-off is; nothing where nobody was selected. */
function lastPlace({ last }: Places): Words {
  if (!last) return { en: '', ar: '' }
  const score = points(last.score)
  return {
    en: ` The last place went to position ${last.position}${score === null ? '' : `, with score ${score}`}.`,
    ar: ` وكان آخر مقعد لصاحب الموضع ${last.position}${score === null ? '' : ` بدرجة ${score}`}.`,
  }
}

/** Of a unit that no list names, because only eligible ones are listed. */
export const notListed: Readonly<Record<'ineligible' | 'undetermined', Words>> = {
  ineligible: {
    en: "It is not in the list: the programme's conditions are not met.",
    ar: 'ليست في القائمة لأن شروط البرنامج غير متحققة.',
  },
  undetermined: {
    en: "It is not in the list: whether the programme's conditions are met could not be determined, because facts are missing.",
    ar: 'ليست في القائمة لأن تحقق شروط البرنامج لم يُحسم لنقص البيانات.',
  },
}
