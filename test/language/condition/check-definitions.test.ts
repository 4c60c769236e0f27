/** Definitions that refer to each other: few lines can mean so many comparisons that everybody else would wait. */
import t from 'tap'
import { checkDefinitions } from '../../../src/language/condition/check-definitions.ts'
import { definitionsOf } from '../../../src/language/condition/definition.ts'
import type { Definition } from '../../../src/language/condition/definition.ts'
import { personSpace, space } from '../rule/fixtures.ts'

const define = (id: string, conditions: unknown): Definition => ({ id, label: { en: id, ar: id }, scope: 'household', conditions })
const leaf = { fact: 'memberCount', operator: 'greaterThan', value: 2 }
const spaces = { household: space, person: personSpace }
const found = (list: readonly Definition[]): Record<string, string[]> =>
  Object.fromEntries([...checkDefinitions(definitionsOf(list).definitions, spaces)].map(([id, all]) => [id, all.map(({ code }) => code)]))

t.test('each within its limits, all together beyond them', async (t) => {
  const base = define('base', { all: Array.from({ length: 250 }, () => leaf) })
  const twice = Array.from({ length: 60 }, (_, n) => define(`twice${n}`, { all: [{ condition: 'base' }, { condition: 'base' }] }))
  t.same(found([base, ...twice.slice(0, 15)]), {})
  t.same(found([base, ...twice]), { twice20: ['condition-too-large'] }, 'one finding, and what follows is not looked at')
})

t.test('a chain that doubles with every step is refused where it is too deep, and not walked twice', async (t) => {
  const chain = Array.from({ length: 40 }, (_, n) => define(`n${n}`, { all: [{ condition: `n${n + 1}` }, { condition: `n${n + 1}` }] }))
  const all = found([...chain, define('n40', leaf)])
  t.same(all['n0'], ['condition-too-deep', 'condition-too-deep'])
  t.same(all['n39'], undefined)
})

t.test('names that look like known ones are hinted at while there are few', async (t) => {
  const slips = (count: number) =>
    checkDefinitions(
      definitionsOf([define('slips', { all: Array.from({ length: count }, () => ({ ...leaf, fact: 'memberCuont' })) })]).definitions,
      spaces,
    ).get('slips')
  const hints = slips(60)?.map(({ hint }) => hint !== undefined)
  t.equal(hints?.length, 60, 'every fault is told')
  t.same(hints?.filter(Boolean).length, 40)
})
