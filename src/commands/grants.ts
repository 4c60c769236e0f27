/** `mizan grants --check|--reconcile`: holds PostgreSQL's logins and views against the grants, or makes them equal. */
import { parseArgs } from 'node:util'
import { openGrants } from '../access/grants/open-grants.ts'
import { type Command, tell } from './command.ts'
import { wallWords } from './wall-words.ts'
import { withDatabase } from './with-database.ts'

export const grants: Command = async (context) => {
  const { values } = parseArgs({ args: [...context.args], options: { check: { type: 'boolean' }, reconcile: { type: 'boolean' } } })
  if ((values.check === true) === (values.reconcile === true))
    throw new Error('expected --check or --reconcile\nالمتوقع ‎--check أو ‎--reconcile')
  return withDatabase(context, async (database) => {
    const held = openGrants(database, context.config)
    const state = await held.wall()
    if (!state.on) {
      tell(...wallWords(state))
      return 1
    }
    if (values.reconcile) {
      const entities = await held.reconcileAll()
      tell(`PostgreSQL holds the grants of ${entities} entities.`, `تلتزم PostgreSQL بمنح ${entities} جهة.`)
      return 0
    }
    const { entities, differing } = await held.check()
    for (const entity of differing) tell(`${entity}: PostgreSQL does not hold its grants`, `${entity}: لا تلتزم PostgreSQL بمنح هذه الجهة`)
    tell(`${entities} entities, ${differing.length} differ.`, `${entities} جهة، منها ${differing.length} مختلفة.`)
    return differing.length === 0 ? 0 : 1
  })
}
