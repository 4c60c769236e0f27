/** Answers that are assumed of a synthetic household: the same each time, of the kind that the catalogue takes, and more of everything for the better off. */
import t from 'tap'
import { isFailure, readValue } from '../../../src/language/condition/literal.ts'
import { ASSUMED_FACTS, assumedAnswer } from '../../../src/simulation/reference/assumed-answers.ts'
import { shipped } from '../../rules/real-rows.ts'

const { household } = shipped.catalogue
const DRAWS = 400
const answers = (fact: string, percentile: number, seed = 'a', size = 5): string[] =>
  Array.from({ length: DRAWS }, (_, ref) => assumedAnswer(fact, { seed, household: ref + 1, percentile, size }))

t.test('every question of the scorecard that no registry answers has an answer that its fact can take', async (t) => {
  const [scorecard] = shipped.formulas.filter(({ ref }) => ref.id === 'jordan-poverty-scorecard-2010')
  const asked = (scorecard?.formula.slots ?? []).flatMap((slot) => household.types[slot]?.id ?? [])
  t.same(
    ASSUMED_FACTS.filter((id) => !asked.includes(id)),
    [],
  )
  t.same(asked.filter((id) => !ASSUMED_FACTS.includes(id)).toSorted(), ['hasPrivateCar', 'householdSize', 'rooms'])
  for (const id of ASSUMED_FACTS) {
    const type = household.types[household.slot(id) ?? -1]
    const found = new Set([0, 0.5, 1].flatMap((percentile) => answers(id, percentile)))
    t.ok(found.size > 1, id)
    for (const text of found) {
      const value = type?.type === 'boolean' ? text === 'true' : text
      t.notOk(type === undefined || isFailure(readValue(type, value, '')), `${id} ${text}`)
    }
  }
})

t.test('the same for the same seed; the better off have more', async (t) => {
  for (const id of ASSUMED_FACTS) {
    t.same(answers(id, 0.3), answers(id, 0.3))
    t.notSame(answers(id, 0.3), answers(id, 0.3, 'b'))
    const share = (percentile: number): number =>
      answers(id, percentile).filter((text) => ['true', '3', 'computerAndInternet', 'landlineAndTwoOrMoreMobiles'].includes(text)).length
    t.ok(share(1) > share(0), id)
  }
  t.same(new Set(answers('workingMembers', 1, 'a', 1)), new Set(['0', '1']), 'no more work than there are')
  t.throws(() => assumedAnswer('rooms', { seed: 'a', household: 1, percentile: 0, size: 1 }), RangeError)
})
