/** `mizan key --name NAME --entity ENTITY [--permissions a,b] | --list | --revoke ID`: API keys from the terminal. */
import { parseArgs } from 'node:util'
import { ensureEntities, entityExists } from '../access/entities/entity-store.ts'
import { insertKey, listKeys, lockKey, revokeKey } from '../access/key-store.ts'
import { allPermissions, isPermission } from '../access/permissions.ts'
import { commandEvent } from '../access/users/first-operator.ts'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { entities } from '../warehouse/shared-lists.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

const options = {
  name: { type: 'string' },
  entity: { type: 'string' },
  permissions: { type: 'string' },
  list: { type: 'boolean' },
  revoke: { type: 'string' },
} as const

export const key: Command = async (context) => {
  const { values } = parseArgs({ args: [...context.args], options })
  const { name = '', entity = '', revoke: ended } = values
  if (values.list === true) return withDatabase(context, list)
  if (ended !== undefined) return withDatabase(context, (database) => revoke(database, ended))
  if (name === '' || entity === '') throw new Error('--name and --entity are needed / الخياران ‎--name و‎--entity مطلوبان')
  const wanted = values.permissions?.split(',') ?? allPermissions
  const permissions = wanted.filter(isPermission)
  if (permissions.length !== wanted.length) {
    const known = allPermissions.join(', ')
    throw new Error(`--permissions: expected some of ${known}\n‎--permissions: المتوقع بعض ما يلي: ${known}`)
  }
  const made = await withDatabase(context, (database) =>
    database.transaction(async ({ client }) => {
      await ensureEntities(client, entities)
      if (!(await entityExists(client, entity))) throw new Error('--entity: no such entity / ‎--entity: لا توجد جهة بهذا المعرّف')
      const inserted = await insertKey(client, { name, entity, permissions })
      await recordEvent(client, commandEvent('key.made', [inserted.id, ...permissions]))
      return inserted.key
    }),
  )
  tell('API key (shown once; only its hash is kept):', 'مفتاح الواجهة (يُعرض مرة واحدة، ولا يُحفظ إلا بصمته):')
  process.stdout.write(`  ${made}\n`)
  return 0
}

async function list({ pool }: Database): Promise<number> {
  for (let before: string | null = null; ;) {
    const keys: Awaited<ReturnType<typeof listKeys>> = await listKeys(pool, { entity: null, before, limit: 500 })
    for (const { id, name, entity, lastUsedAt, revokedAt, expiresAt } of keys) {
      const ends = (revokedAt ?? expiresAt)?.toISOString()
      const words = [id, entity, name, `last used · آخر استخدام ${lastUsedAt?.toISOString() ?? '-'}`, ends ? `ends · ينتهي ${ends}` : '']
      process.stdout.write(`${words.join('\t').trimEnd()}\n`)
    }
    before = keys.at(-1)?.id ?? null
    if (before === null) return 0
  }
}

async function revoke(database: Database, id: string): Promise<number> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  const found = await database.transaction(async ({ client }) => {
    if (!isUuid || !(await lockKey(client, id))) return false
    await revokeKey(client, id)
    await recordEvent(client, commandEvent('key.revoked', [id]))
    return true
  })
  if (!found) throw new Error('no such key; see --list / لا يوجد مفتاح بهذا المعرّف، انظر ‎--list')
  tell('Revoked: it stops within five seconds.', 'أُلغي المفتاح ويتوقف خلال خمس ثوانٍ.')
  return 0
}
