/** The scorecard of 2010 on a sample of the synthetic population whose questions are answered from its truth: every household has its points, and the errors at each cut-off are those of a plain count. */
import t from 'tap'
import { parseSample } from '../../../src/simulation/fit/parse-sample.ts'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { drawSample } from '../../../src/simulation/reference/draw-sample.ts'
import { scenarioTexts } from '../../../src/simulation/scenario-texts.ts'
import { textsOfSet } from '../../../src/programmes/versions-in-force.ts'
import { openBaseline } from '../../../src/simulation/baseline.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from '../support/seeded-laboratory.ts'

const SCORECARD = 'jordan-poverty-scorecard-2010'
const { database, depsWith, run } = await seededLaboratory(t, 300)
const deps = depsWith(1)
const drawing = { households: 5_000, run, seed: '1', assume: true }
const { bundle, asOf } = await openBaseline(deps, { run })
const [scorecard] = bundle.formulas.filter(({ ref }) => ref.id === SCORECARD)
const facts = (scorecard?.formula.slots ?? []).flatMap((slot) => bundle.catalogue.household.types[slot]?.id ?? [])
const answer = scenarioTexts(
  await textsOfSet(database, bundle.hash),
  scenario('scorecard', programmeSet(CASH, { '/formula/id': SCORECARD, '/targeting/thresholds': null })),
  asOf,
  '',
)
if (!answer.ok) throw new Error(JSON.stringify(answer.errors))
const scenarioBundle = answer.bundle

t.test('what nobody was asked is assumed where that is wanted, and said', async (t) => {
  const empty = async (assume: boolean): Promise<number> =>
    (await drawSample(deps, { ...drawing, assume, facts: ['hasVacuumCleaner'] })).lines.filter((line) => line.endsWith(',')).length
  t.ok((await empty(false)) > 200, 'only applicants were asked')
  t.equal(await empty(true), 0)
  const { lines, declaration } = await drawSample(deps, { ...drawing, facts })
  t.match(declaration.source, /assumed from the synthetic truth: .*hasVacuumCleaner/)
  t.equal(declaration.synthetic, true)
  t.same((await drawSample(deps, { ...drawing, facts })).lines, lines, 'the same again')
  const known = await drawSample(deps, { ...drawing, assume: false, facts: ['rooms'] })
  t.notMatch(known.declaration.source, 'assumed')
})

t.test('errors at each cut-off', async (t) => {
  const { lines, declaration } = await drawSample(deps, { ...drawing, facts })
  const rows = parseSample(lines.join('\n'), declaration.columns, bundle.catalogue.household).sample
  if (!rows) throw new Error('the sample does not read')
  const { about, measure } = onSample(
    {
      provenance: { id: '', name: '', source: '', synthetic: true, contentHash: '', rowsUsed: rows.rows, rowsFaulty: 0 },
      asked: { sample: '', welfareUnit: 'JOD/person/month' },
      line: 100_000,
      rows,
    },
    { bundle, asOf },
    rows.rows,
  )
  t.ok(about.before.households.poverty.headcount)
  const found = measure(scenarioBundle).formulas.find(({ formula }) => formula === SCORECARD)
  const cutOffs = found?.cutOffs ?? []
  t.ok(cutOffs.length > 20, `${cutOffs.length} cut-offs`)
  t.ok((found?.rows.withoutScore ?? NaN) < (found?.rows.known ?? 0) / 10, 'only who is of unknown rooms or cars has no points')
  // Held against a plain count from points that are added up here.
  const points = pointsByHand(rows.facts, rows.rows)
  const weights = rows.weights as Float64Array
  for (const { score, households } of cutOffs) {
    let [poor, poorIn, others] = [0, 0, 0]
    points.forEach((own, row) => {
      const weight = weights[row] as number
      const isPoor = (rows.welfare[row] as number) < 100
      if (isPoor) poor += weight
      if (own * 1_000_000 > score || Number.isNaN(own)) return
      if (isPoor) poorIn += weight
      else others += weight
    })
    t.ok(Math.abs((households.exclusionError ?? NaN) - (1 - poorIn / poor)) < 1e-9, `${score}`)
    t.ok(Math.abs((households.inclusionError ?? NaN) - others / (poorIn + others)) < 1e-9)
  }
})

/** The published points, from the facts as they stand in the sample; NaN where a question is not answered. */
function pointsByHand(columns: ReadonlyMap<string, Float64Array>, rows: number): number[] {
  const { household } = bundle.catalogue
  const codeOf = (fact: string, value: number): string => household.types[household.slot(fact) ?? -1]?.codes?.[value] ?? ''
  const banded = (value: number, limits: readonly number[], points: readonly number[]): number =>
    points[limits.filter((limit) => value >= limit).length] as number
  const computer: Record<string, number> = { none: 0, computerOnly: 3, computerAndInternet: 6 }
  const phones: Record<string, number> = {
    none: 0,
    oneMobile: 6,
    landlineOnly: 7,
    landlineAndOneMobile: 8,
    twoOrMoreMobiles: 10,
    landlineAndTwoOrMoreMobiles: 15,
  }
  return Array.from({ length: rows }, (_, row) => {
    const of = (fact: string): number => columns.get(fact)?.[row] ?? NaN
    if (facts.some((fact) => Number.isNaN(of(fact)))) return NaN
    return (
      banded(of('householdSize'), [3, 4, 5, 6, 7, 8, 9], [38, 30, 23, 15, 13, 7, 4, 0]) +
      banded(of('workingMembers'), [1, 2, 3], [0, 1, 2, 3]) +
      3 * of('anyProfessional') +
      banded(of('rooms'), [3, 4, 5, 6], [0, 6, 7, 11, 18]) +
      3 * of('hasGasStoveWithOven') +
      3 * of('hasVacuumCleaner') +
      5 * of('hasAirConditioner') +
      (computer[codeOf('computerAndInternet', of('computerAndInternet'))] as number) +
      (phones[codeOf('telephones', of('telephones'))] as number) +
      6 * of('hasPrivateCar')
    )
  })
}
