/** Every reason that a list can give has its sentences in both languages, with what decided; and the places that they speak of. */
import t from 'tap'
import { listOfRun, listPage } from '../../../src/targeting/lists/list-store.ts'
import { listedRanks, placesOf, selectedElsewhere, waitlistPlace } from '../../../src/targeting/explain/list-places.ts'
import { type SelectionContext, selectionSentences } from '../../../src/targeting/explain/selection-words.ts'
import { REASONS, type Reason, type Status } from '../../../src/targeting/outcome.ts'
import { testDatabase } from '../../support/database.ts'
import { publishMade, startedRun } from '../support/published.ts'

const context = (reason: Reason, status: Status, change: Partial<SelectionContext> = {}): SelectionContext => ({
  unit: {
    position: 7,
    householdRef: 1,
    personRef: null,
    governorate: '11',
    liwa: null,
    kada: null,
    branchOffice: null,
    tier: 0,
    score: 5_250_000,
    scoreLo: 5_250_000,
    scoreHi: 5_250_000,
    nationalRank: 12,
    governorateRank: 3,
    percentile: 4,
    personPercentile: 6,
    benefit: 40_500,
    applicationDate: null,
    status,
    reason,
    dependsOnMissing: true,
    missingFacts: null,
  },
  eligible: 20,
  nation: { selected: 5, last: { position: 6, score: 5_100_000, tier: 0 } },
  area: { selected: 2, last: { position: 4, score: 4_900_000, tier: 0 }, name: { en: 'Amman', ar: 'العاصمة' } },
  waitlistPlace: status === 'waitlisted' ? 2 : null,
  excludedBy: [{ en: 'Unified Cash Transfer', ar: 'الدعم النقدي الموحد' }],
  places: 5,
  budget: 202.5,
  spent: 202_500,
  thresholds: { entry: 5.010635, exit: 5.298317 },
  keepUndeterminedMonths: 6,
  tier: { en: 'Large families', ar: 'الأسر الكبيرة' },
  ...change,
})

const bare = { area: null, places: null, budget: null, thresholds: null, tier: null, nation: { selected: 0, last: null } }

t.test('each reason in both languages, whatever is known of it', async (t) => {
  for (const reason of REASONS)
    for (const status of ['selected', 'waitlisted', 'left-out'] as const)
      for (const change of [{}, bare]) {
        const sentences = selectionSentences(context(reason, status, change))
        t.ok(sentences.length >= 3)
        for (const { en, ar } of sentences) {
          t.match(en, /^[A-Z].*\.$/, en)
          t.match(ar, /[\u0600-\u06ff].*\.$/)
          if (Object.keys(change).length === 0) t.notMatch(en + ar, /undefined|null|NaN/)
        }
      }
})

t.test('area, cut-off and place on the waitlist are named', async (t) => {
  const [status, why, waitlist, position, rank, missing] = selectionSentences(context('quota-full', 'waitlisted'))
  t.match(status?.en, /waitlist/)
  t.match(why, {
    en: 'All places of Amman are taken (2 selected), and no left-over place reached it. The last place went to position 4, with score 4.900000.',
    ar: /العاصمة.*4\.900000/,
  })
  t.match(waitlist?.ar, /قائمة الانتظار 2/)
  t.match(position?.en, /position 7 of 20 .* "Large families"/)
  t.match(rank?.en, /ranks 12 .* percentile 4/)
  t.match(missing?.en, /verify/)
  t.match(selectionSentences(context('no-places', 'left-out'))[1]?.en, /All 5 places .* position 6, with score 5\.100000/)
  t.match(selectionSentences(context('budget-exhausted', 'left-out'))[1]?.en, /budget of 202\.500 JOD .*\(202\.500 JOD spent/)
  t.match(selectionSentences(context('past-entry-threshold', 'left-out'))[1]?.en, /5\.250000 does not reach .* 5\.010635/)
  t.match(selectionSentences(context('excluded-by-programme', 'left-out'))[1]?.ar, /الدعم النقدي الموحد/)
})

t.test('places of a published list', async (t) => {
  const database = await testDatabase(t)
  const { pool } = database
  const run = await startedRun(database)
  const unit = (householdRef: number, status: Status, governorate: number) => ({
    householdRef,
    status,
    governorate,
    score: householdRef * 10,
  })
  await publishMade(database, run, [
    { programme: 'cash', units: [unit(1, 'selected', 0), unit(2, 'waitlisted', 0), unit(3, 'selected', 1), unit(4, 'waitlisted', 1)] },
    { programme: 'care', unit: 'person', units: [unit(1, 'selected', 0), unit(5, 'left-out', 2)] },
  ])
  const cash = await listOfRun(pool, run, 'cash')
  const number = cash?.number as number
  t.match(await placesOf(pool, number, null), { selected: 2, last: { position: 3, score: 30 } })
  t.match(await placesOf(pool, number, '11'), { selected: 1, last: { position: 1, score: 10 } })
  t.same(await placesOf(pool, number, '13'), { selected: 0, last: null })
  t.equal(await waitlistPlace(pool, number, 4), 2)
  const [listed] = await listPage(pool, number, { householdRef: 1 }, 0, 1)
  t.match(listed, { position: 1 })
  const elsewhere = (personRef: number | null): Promise<string[]> =>
    selectedElsewhere(pool, { runId: run }, { householdRef: 1, personRef }, ['cash', 'care'])
  t.same(await elsewhere(null), ['cash'], 'a member that is selected leaves out nobody else')
  t.same((await elsewhere(1_000_001)).toSorted(), ['care', 'cash'])
  t.same((await listedRanks(pool, run, 1)).map(({ programme }) => programme).toSorted(), ['care', 'cash'])
  t.same(await listedRanks(pool, run, 9), [])
})
