/** A simulation of one to nine households: refused before anything is decided to whoever may not see exact results, and read by nobody but exactly. */
import t from 'tap'
import { type PopulationAsked, refuseFew } from '../../src/simulation/simulated-population.ts'
import { askedSimulations, type Simulation } from './support/asked-simulations.ts'
import { CASH, programmeSet, scenario, seededLaboratory } from './support/seeded-laboratory.ts'

const seeded = await seededLaboratory(t, 200)
const { get, keyWith, simulate } = seeded
const { ask, ended, worker } = askedSimulations(seeded)

t.test('few are one to nine, and the place is what makes them few', async (t) => {
  for (const households of [0, 10, 200]) t.doesNotThrow(() => refuseFew(households, {}))
  for (const households of [1, 9])
    for (const [asked, pointer] of [
      [{ governorates: ['32'], population: 'applicants' }, '/governorates'],
      [{ population: 'applicants' }, '/population'],
      [{}, '/baseline'],
    ] as const)
      t.throws(() => refuseFew(households, asked as PopulationAsked), {
        code: 'simulation-population-few',
        parts: { pointer },
      })
})

t.test('asked for over HTTP', async (t) => {
  const sizes = new Map<string, number>()
  for (const code of ['14', '24', '32', '33', '34'])
    sizes.set(code, (await simulate([scenario('nothing')], { governorates: [code] })).households)
  const few = [...sizes].find(([, households]) => households > 0 && households < 10)?.[0] as string
  t.ok(few, JSON.stringify([...sizes]))
  const work = await worker()
  t.teardown(() => work.stop())
  const analyst = await keyWith('simulations:write', 'simulations:read')
  const scenarios = [scenario('nothing')]
  const refused = await ended((await ask({ governorates: [few], scenarios }, analyst)).json<Simulation>().id)
  const fault = { code: 'simulation-population-few', pointer: '/governorates' }
  t.match(refused, { status: 'failed', problem: fault.code, errors: [fault] })
  t.notOk('isProtected' in refused.request, 'what was asked for can be sent again')
  // Whether one of them holds a place would be told by what stops it.
  const none = [scenario('none', programmeSet(CASH, { '/targeting/places': 0 }))]
  t.match(await ended((await ask({ governorates: [few], scenarios: none }, analyst)).json<Simulation>().id), { problem: fault.code })

  const exact = await ended((await ask({ governorates: [few], scenarios })).json<Simulation>().id)
  t.equal(exact.status, 'completed', 'whoever has exact results is not refused')
  for (const path of ['result', 'result?format=csv', 'report'])
    t.match((await get(`/v1/simulations/${exact.id}/${path}`, analyst)).json(), { status: 422, ...fault }, path)
  const told = await get(`/v1/simulations/${exact.id}/result?exact=true`)
  t.match([told.statusCode, told.json()], [200, { households: sizes.get(few) }])
  // Decided for somebody else before, it is refused all the same.
  t.match(await ended((await ask({ governorates: [few], scenarios }, analyst)).json<Simulation>().id), { problem: fault.code })

  const many = await ended((await ask({ scenarios }, analyst)).json<Simulation>().id)
  t.match([many.status, (await get(`/v1/simulations/${many.id}/result`, analyst)).statusCode], ['completed', 200])
})
