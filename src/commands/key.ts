/** `mizan key --name NAME --entity ENTITY [--permissions a,b]`: makes an API key and shows it, once. */
import { parseArgs } from 'node:util'
import { createKey } from '../access/key-store.ts'
import { allPermissions, isPermission } from '../access/permissions.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

export const key: Command = async (context) => {
  const options = { name: { type: 'string' }, entity: { type: 'string' }, permissions: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...context.args], options })
  const { name = '', entity = '' } = values
  if (name === '' || entity === '') throw new Error('--name and --entity are needed / الخياران ‎--name و‎--entity مطلوبان')
  const wanted = values.permissions?.split(',') ?? allPermissions
  const permissions = wanted.filter(isPermission)
  if (permissions.length !== wanted.length) {
    const known = allPermissions.join(', ')
    throw new Error(`--permissions: expected some of ${known}\n‎--permissions: المتوقع بعض ما يلي: ${known}`)
  }
  const made = await withDatabase(context, (database) => createKey(database.pool, { name, entity, permissions }))
  tell('API key (shown once; only its hash is kept):', 'مفتاح الواجهة (يُعرض مرة واحدة، ولا يُحفظ إلا بصمته):')
  process.stdout.write(`  ${made}\n`)
  return 0
}
