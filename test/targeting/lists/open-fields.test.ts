/** A grant opens fields of a list only where its rows reach the list. */
import t from 'tap'
import type { ReadRights, RowScope } from '../../../src/access/grants/read-rights.ts'
import { problem } from '../../../src/kernel/problem.ts'
import type { Versions } from '../../../src/programmes/versions-in-force.ts'
import type { ListHeader } from '../../../src/targeting/lists/list-store.ts'
import { openFields } from '../../../src/targeting/lists/open-fields.ts'

/** Versions that are not kept any more. */
const versions = { byHash: () => Promise.reject(problem('replay-not-possible')) } as unknown as Versions
const list = { versionSet: 'x', programme: 'cash' } as unknown as ListHeader
const viewer = (scope: RowScope): ReadRights => ({
  entity: 'NAF',
  columns: (registry) => new Set(registry === 'list:cash' ? ['status', 'governorate'] : []),
  facts: new Set(),
  decideOnly: new Set(),
  rowScope: () => scope,
})
const open = async (scope: RowScope): Promise<string[]> => [...(await openFields(versions, list, viewer(scope))).fields].toSorted()

t.test('a list is told to whoever may list it, or all applicants of its programme', async (t) => {
  t.same(await open({ kind: 'listing' }), ['governorate', 'position', 'status'])
  t.same(await open({ kind: 'applicants', programmes: ['cash'] }), ['governorate', 'position', 'status'])
  t.same(await open({ kind: 'applicants', programmes: ['housing'] }), ['position'])
  t.same(await open({ kind: 'person' }), ['position'])
  t.same(await open({ kind: 'none' }), ['position'])
})

t.test('without the list’s versions no fact stands for the outcome', async (t) => {
  const facts = new Set(['welfareScore', 'governorate'])
  const seesScore = { ...viewer({ kind: 'listing' }), columns: () => new Set<string>(), facts }
  await t.rejects(openFields(versions, list, seesScore), { code: 'facts-not-granted', parts: { pointer: 'params/programme' } })
})
