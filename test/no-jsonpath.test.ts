/** The second wall against hostile JSON paths (the first is the language, which refuses `path`): nothing evaluates one. */
import { createRequire } from 'node:module'
import { Engine } from 'json-rules-engine'
import t from 'tap'

const require = createRequire(import.meta.url)

t.test('the package that would evaluate paths is the one that throws', async (t) => {
  const viaRequire = require('jsonpath-plus') as { JSONPath: (options: unknown) => unknown }
  t.throws(() => viaRequire.JSONPath({ path: '$.a', json: {} }), /JSON paths are refused/)
  const viaImport = (await import('jsonpath-plus' as string)) as typeof viaRequire
  t.throws(() => viaImport.JSONPath({ path: '$.a', json: {} }), /JSON paths are refused/)
  // What json-rules-engine itself resolves, should a copy ever be nested beneath it.
  const fromEngine = createRequire(require.resolve('json-rules-engine'))
  t.equal(fromEngine.resolve('jsonpath-plus'), require.resolve('jsonpath-plus'))
})

t.test('a condition with a path fails the run, a condition without one does not', async (t) => {
  const run = (condition: object): Promise<unknown> => {
    const engine = new Engine()
    engine.addRule({ conditions: { all: [{ fact: 'household', operator: 'equal', value: 1, ...condition }] }, event: { type: 'eligible' } })
    return engine.run({ household: { size: 1 } })
  }
  await t.rejects(run({ path: '$.size' }), /JSON paths are refused/)
  await t.rejects(run({ path: '$..[?(process.exit(1))]' }), /JSON paths are refused/)
  await t.resolves(run({}))
})
