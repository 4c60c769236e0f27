/** The synthetic nation against the published marginals, and against itself: the same seed gives the same bytes. */
import { createHash } from 'node:crypto'
import t from 'tap'
import { CopyBytes } from '../../../src/warehouse/population/copy-bytes.ts'
import { identityRows, numberOf } from '../../../src/warehouse/population/identity-rows.ts'
import { NONE, type Person, SLOTS } from '../../../src/warehouse/population/person.ts'
import { openPopulation, syntheticKey } from '../../../src/warehouse/population/population.ts'
import { registryRows } from '../../../src/warehouse/population/registry-rows.ts'
import { governorates, logExpenditureMedian, logExpenditureSpread } from '../../../src/warehouse/population/shares.ts'
import { has, type Trait } from '../../../src/warehouse/population/traits.ts'
import { places } from '../../../src/warehouse/places.ts'
import { loadRegistryDefinitions } from '../../../src/warehouse/registry-definition.ts'

const asOfDay = 20_468
const definitions = loadRegistryDefinitions()

/** One hash over everything that would be written. */
function hashOf(seed: number, households: number, only = definitions): string {
  const hash = createHash('sha256')
  const sink = (): CopyBytes => new CopyBytes((chunk) => hash.update(chunk))
  const writers = only
    .map((definition) => ({ bytes: sink(), definition }))
    .map(({ bytes, definition }) => ({
      bytes,
      write: registryRows(definition, { bytes, seed, asOfDay, loadId: 1, seq: 1 }),
    }))
  const [identifiers, persons] = [sink(), sink()]
  const identity = identityRows(seed, identifiers, persons)
  const population = openPopulation({ households, seed, asOfDay, key: syntheticKey(seed) })
  for (let i = 0; i < households; i++) {
    const household = population.at(i)
    for (const { write } of writers) write(household)
    identity(household)
  }
  for (const bytes of [...writers.map((writer) => writer.bytes), identifiers, persons]) bytes.end()
  return hash.digest('hex')
}

t.test('the same seed and size give the same bytes; another seed others', async (t) => {
  const first = hashOf(1, 1_500)
  t.equal(hashOf(1, 1_500), first)
  t.not(hashOf(2, 1_500), first)
})

t.test('a household is the same whichever were asked for before it', async (t) => {
  const [a, b] = [
    openPopulation({ households: 5_000, seed: 7, asOfDay, key: syntheticKey(7) }),
    openPopulation({ households: 5_000, seed: 7, asOfDay, key: syntheticKey(7) }),
  ]
  for (let i = 0; i < 4_000; i++) a.at(i)
  const [one, other] = [a.at(4_000), b.at(4_000)]
  t.same(one.persons.slice(0, one.count), other.persons.slice(0, other.count))
  t.equal(one.percentile, other.percentile)
})

t.test('the marginals are the published ones (20,000 households)', async (t) => {
  const N = 20_000
  const population = openPopulation({ households: N, seed: 1, asOfDay, key: syntheticKey(1) })
  const count = { members: 0, under15: 0, womenHeads: 0, owned: 0, rented: 0, poor: 0, cash: 0, monthly: 0, jordanian: 0 }
  const byGovernorate = governorates.map(() => 0)
  const deciles = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < N; i++) {
    const household = population.at(i)
    const head = household.persons[0] as Person
    count.members += household.members
    count.womenHeads += head.female ? 1 : 0
    count.owned += household.tenure === 0 ? 1 : 0
    count.rented += household.tenure === 1 ? 1 : 0
    count.cash += has(head, 'enrolledCash') ? 1 : 0
    count.monthly += has(head, 'enrolledMonthly') ? 1 : 0
    count.jordanian += household.jordanian ? 1 : 0
    byGovernorate[household.governorate] = (byGovernorate[household.governorate] ?? 0) + household.members
    deciles[Math.floor(household.percentile * 10)] = (deciles[Math.floor(household.percentile * 10)] ?? 0) + 1
    for (const person of household.persons.slice(0, household.members)) if (person.age < 15) count.under15++
    if (Math.exp(logExpenditureMedian + logExpenditureSpread * household.expenditurePerCapita) < 100) count.poor += household.members
  }
  const near = (value: number, wanted: number, within: number, note: string) =>
    t.ok(Math.abs(value - wanted) <= within, `${note}: ${value.toFixed(4)}, published ${wanted}`)
  near(count.members / N, 4.8, 0.1, 'persons in a household')
  near(count.under15 / count.members, 1 / 3, 0.01, 'under 15')
  near(count.womenHeads / N, 0.15, 0.01, 'headed by a woman')
  near(count.owned / N, 0.62, 0.015, 'own their home')
  near(count.rented / N, 0.35, 0.015, 'rent')
  near(count.poor / count.members, 0.157, 0.015, 'below JOD 100 a person a month')
  near(count.cash / N, 123 / 2345, 0.008, 'in the unified cash transfer')
  near(count.monthly / N, 94 / 2345, 0.008, 'in the monthly programme')
  // Extended families share a home governorate, hence the width.
  places.forEach(({ name, populationShare }, index) =>
    near((byGovernorate[index] ?? 0) / count.members, populationShare, 0.005 + populationShare * 0.12, name.en),
  )
  deciles.forEach((of, index) => near(of / N, 0.1, 0.02, `welfare decile ${index + 1}`))
})

t.test('the poor have less of what formulas look at', async (t) => {
  const N = 10_000
  const population = openPopulation({ households: N, seed: 3, asOfDay, key: syntheticKey(3) })
  const thirds = [0, 1, 2].map(() => ({ households: 0, members: 0, kwh: 0, area: 0, traits: new Map<Trait, number>() }))
  const watched: readonly Trait[] = [
    'carOwner',
    'formalWorker',
    'universityStudent',
    'businessOwner',
    'informalWorker',
    'insuredPoor',
    'disabled',
  ]
  for (let i = 0; i < N; i++) {
    const household = population.at(i)
    const third = thirds[Math.floor(household.percentile * 3)] as (typeof thirds)[number]
    third.households++
    third.members += household.members
    third.kwh += household.kwh / household.members
    third.area += household.area / household.members
    for (const person of household.persons.slice(0, household.members))
      for (const trait of watched) if (has(person, trait)) third.traits.set(trait, (third.traits.get(trait) ?? 0) + 1)
  }
  const share = (index: number, trait: Trait): number => (thirds[index]?.traits.get(trait) ?? 0) / (thirds[index]?.members ?? 1)
  for (const trait of ['carOwner', 'formalWorker', 'universityStudent', 'businessOwner'] as const)
    t.ok(share(0, trait) < share(1, trait) && share(1, trait) < share(2, trait), trait)
  for (const trait of ['informalWorker', 'insuredPoor', 'disabled'] as const) t.ok(share(0, trait) > share(2, trait), trait)
  const mean = (index: number, of: 'kwh' | 'area' | 'members'): number => (thirds[index]?.[of] ?? 0) / (thirds[index]?.households ?? 1)
  t.ok(mean(0, 'kwh') < mean(2, 'kwh') && mean(0, 'area') < mean(2, 'area'))
  t.ok(mean(0, 'members') > mean(2, 'members'))
})

t.test('families hang together: references exist, parents are older, names descend', async (t) => {
  const N = 4_000
  const everybody = new Map<number, { birthDay: number; female: boolean; firstName: number; dead: number }>()
  const children: {
    ref: number
    birthDay: number
    father: number
    mother: number
    secondName: number
    spouse: number
    guardian: number
  }[] = []
  const population = openPopulation({ households: N, seed: 5, asOfDay, key: syntheticKey(5) })
  let elsewhere = 0
  let people = 0
  for (let i = 0; i < N; i++) {
    const household = population.at(i)
    for (const person of household.persons.slice(0, household.count)) {
      people++
      everybody.set(person.ref, { birthDay: person.birthDay, female: person.female, firstName: person.firstName, dead: person.deathDay })
      children.push({
        ref: person.ref,
        birthDay: person.birthDay,
        father: person.fatherRef,
        mother: person.motherRef,
        secondName: person.secondName,
        spouse: person.spouseRef,
        guardian: person.guardianRef,
      })
      if (person.slot < 2 && person.fatherRef !== NONE) elsewhere++
    }
  }
  t.equal(everybody.size, people, 'nobody occurs twice')
  const wrong = children.filter((child) => {
    const [father, mother] = [everybody.get(child.father), everybody.get(child.mother)]
    if ((child.father !== NONE && !father) || (child.mother !== NONE && !mother)) return true
    if ((child.spouse !== NONE && !everybody.has(child.spouse)) || (child.guardian !== NONE && !everybody.has(child.guardian))) return true
    if (father && (father.female || father.firstName !== child.secondName || child.birthDay - father.birthDay < 14 * 365)) return true
    return mother !== undefined && (!mother.female || child.birthDay - mother.birthDay < 14 * 365)
  })
  t.same(wrong, [], 'nobody has a family that cannot be')
  t.ok(elsewhere > N, 'heads and wives have parents outside their household')
})

t.test('numbers are ten digits that nobody real has, and never the same twice', async (t) => {
  const numbers = new Set<number>()
  for (let i = 0; i < 400_000; i++) numbers.add(numberOf(i * 17))
  t.equal(numbers.size, 400_000)
  t.ok([...numbers].every((number) => number >= 1_000_000 && number < 1_000_000_000))
  t.ok(Number.isSafeInteger(10_000_000 * SLOTS * 9_227_465), 'exact up to ten million households')
})
