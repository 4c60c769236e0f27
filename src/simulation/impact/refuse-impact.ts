/** What keeps an impact from being computed on a snapshot: told at once and in both languages, and never computed with a fact unknown instead. */
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { problem } from '../../kernel/problem.ts'
import type { Words } from '../../language/fact-space.ts'
import { type Bundle, programmeOf } from '../../programmes/bundle.ts'
import { type Baseline, catalogueOf } from '../baseline.ts'
import { changedFacts, notFromFacts } from '../changed-facts.ts'
import { factsAbsent } from '../check-scenarios.ts'

/** Throws `impact-refused` with everything that is in the way. */
export function refuseImpact({ assembledBy, facts }: Baseline, before: Bundle, after: Bundle): void {
  const errors = [...catalogueDiffers(assembledBy, after), ...absent(after, facts), ...measureDiffers(before, after)]
  // Which facts follow from a parameter can be told only where the facts are the same.
  if (errors.length === 0) errors.push(...needsRegistries(assembledBy, [before, after], facts))
  if (errors.length > 0) throw problem('impact-refused', { errors })
}

const catalogueDiffers = (assembledBy: Bundle, after: Bundle): Diagnostic[] =>
  catalogueOf(assembledBy) === catalogueOf(after)
    ? []
    : [
        refusal('catalogue-differs', '', {
          en: 'the change, or one that holds by its day, alters which facts there are or how they are read: the snapshot was made before',
          ar: 'يغيّر هذا التعديل، أو تعديل ينفذ قبله، المتغيّرات المتاحة أو طريقة قراءتها، وقد أُعدّت البيانات المجمّدة قبل ذلك',
        }),
      ]

function absent(after: Bundle, facts: ReadonlySet<string>): Diagnostic[] {
  const missing = factsAbsent(after, facts)
  const names = missing.join(', ')
  return missing.length === 0
    ? []
    : [
        refusal('fact-not-in-snapshot', '', {
          en: `the snapshot does not hold ${names}: computed without, every household would be undetermined and nothing would be learnt`,
          ar: `لا تتضمن البيانات المجمّدة ${names}، ولو حُسب الأثر دونها لبقيت كل الأسر غير محسومة`,
        }),
      ]
}

/** Units or amounts that are counted in other things cannot be set side by side. */
function measureDiffers(before: Bundle, after: Bundle): Diagnostic[] {
  return after.programmes.flatMap(({ id, ref, programme: { source } }) => {
    const other = programmeOf(before, id)?.programme.source
    if (!other || (other.unit === source.unit && other.targeting.period === source.targeting.period)) return []
    return refusal('change-of-measure', `programme/${id}/${ref.version}#${other.unit === source.unit ? '/targeting/period' : '/unit'}`, {
      en: 'the unit or the period of the programme changes: before and after would be counted in different things',
      ar: 'تتغير وحدة البرنامج أو فترته، فلا يُقارن ما قبل التعديل بما بعده',
    })
  })
}

function needsRegistries(assembledBy: Bundle, sides: readonly Bundle[], held: ReadonlySet<string>): Diagnostic[] {
  const unread = new Set(sides.flatMap((side) => notFromFacts(changedFacts(assembledBy, side, held))))
  const names = [...unread].join(', ')
  return unread.size === 0
    ? []
    : [
        refusal('parameter-read-by-registry', '', {
          en: `a changed parameter decides how the registries are read: ${names} would have to be assembled again`,
          ar: `تحدد معلمة متغيّرة طريقة قراءة السجلات: يلزم تجميع ${names} من جديد`,
        }),
      ]
}

const refusal = (code: string, pointer: string, { en, ar }: Words): Diagnostic => ({
  code,
  pointer,
  message: en,
  messageAr: ar,
  severity: 'error',
})
