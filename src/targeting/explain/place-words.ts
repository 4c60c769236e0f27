/** Words about a unit that holds a place in a programme and does not meet its conditions: since when, and who decides. */
import type { Words } from '../../language/fact-space.ts'
import type { HeldPlace } from '../enrolments/enrolment-store.ts'
import { stateWords } from '../enrolments/schema.ts'

/** `inForce`: of the run that is explained. None where no place is held. */
export function placeSentences(place: HeldPlace | null, inForce: boolean): Words[] {
  if (!place) return []
  const { state, since, unmetSince, unmetRun } = place
  const sentences = [
    {
      en: `The programme reported it: ${stateWords[state].en} since ${since}. It holds a place.`,
      ar: `أبلغ البرنامج عنها: ${stateWords[state].ar} منذ ${since}، فهي تشغل مكانًا فيه.`,
    },
  ]
  if (unmetSince !== null)
    sentences.push({
      en: `Since run ${unmetRun} of ${unmetSince} the programme's conditions are no longer met.`,
      ar: `لم تعد شروط البرنامج متحققة منذ عملية التشغيل ${unmetRun} بتاريخ ${unmetSince}.`,
    })
  if (!inForce)
    sentences.push({
      en: 'The lists of this run are beside those in force: nothing follows from it.',
      ar: 'قوائم عملية التشغيل هذه ليست هي القوائم النافذة، فلا يترتب عليها شيء.',
    })
  sentences.push({
    en: "No run ends a place: a person of the programme's agency decides, and until the agency reports that it left, the place stays.",
    ar: 'لا تُنهي أي عملية تشغيل المكان: القرار لموظف من الجهة صاحبة البرنامج، ويبقى المكان لها ما لم تُبلغ الجهة بخروجها.',
  })
  return sentences
}
