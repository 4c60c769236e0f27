/** A simulation about the applicants of a run over residents: those households alone are decided. */
import t from 'tap'
import { CASH, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const { run, simulate, database } = await seededLaboratory(t, 60)

t.test('those who had applied alone, and the run itself again after', async (t) => {
  const { rows } = await database.pool.query<{ count: number }>('select count(distinct household_ref)::int as count from application')
  const applied = rows[0]?.count ?? 0
  const all = await simulate([scenario('nothing')])
  const some = await simulate([scenario('nothing')], { population: 'applicants' })
  t.ok(applied > 0 && applied < all.households, `${applied} of ${all.households}`)
  t.equal(some.households, applied)
  const units = (found: typeof all): number => {
    const cash = found.scenarios[0]?.programmes.find(({ programme }) => programme === CASH)
    return (cash?.transitions.all ?? []).flat().reduce((sum, cell) => sum + cell.units, 0)
  }
  t.equal(units(some), applied)
  t.equal(units(all), all.households)
  t.same(await simulate([scenario('nothing')], { population: 'residents' }), all, 'all of the run’s population')
  await t.rejects(simulate([scenario('nothing')], { population: 'registrants' }), { code: 'simulation-population-differs' })
  t.equal(some.run, run)
})
