/** `mizan user make | list | disable | enable | reset-password`: users from the terminal, for whoever runs the machine. */
import { parseArgs } from 'node:util'
import { ensureEntities, entityExists } from '../access/entities/entity-store.ts'
import { lazyKeyring } from '../access/keyring.ts'
import { allRoles, isRole } from '../access/roles.ts'
import { isLogin } from '../access/users/login.ts'
import { makeUserWithPassword, resetFromTerminal, setDisabled } from '../access/users/terminal-users.ts'
import { listUsers } from '../access/users/user-store.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { entities } from '../warehouse/shared-lists.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

const options = {
  login: { type: 'string' },
  name: { type: 'string' },
  entity: { type: 'string' },
  roles: { type: 'string' },
  contact: { type: 'string' },
  'reset-authenticator': { type: 'boolean' },
} as const

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options, allowPositionals: true })

interface Asked {
  readonly login: string
  readonly values: ReturnType<typeof parse>['values']
}

const actions: Readonly<Record<string, (database: Database, config: Config, asked: Asked) => Promise<void>>> = {
  make,
  list,
  'reset-password': resetPassword,
  disable: async (database, _config, asked) => setState(database, asked.login, true),
  enable: async (database, _config, asked) => setState(database, asked.login, false),
}

export const user: Command = async (context) => {
  const { values, positionals } = parse(context.args)
  const name = positionals.length === 1 ? (positionals[0] as string) : ''
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) throw new Error(`mizan user ${Object.keys(actions).join(' | ')}`)
  const login = (values.login ?? '').toLowerCase()
  if (name !== 'list' && !isLogin(login)) {
    throw new Error(
      '--login: expected a letter a-z, then letters, digits and . _ @ -, never nine digits in a row\n‎--login: المتوقع حرف a-z ثم حروف وأرقام و‎. _ @ -‎ دون تسعة أرقام متتالية',
    )
  }
  await withDatabase(context, (database) => action(database, context.config, { login, values }))
  return 0
}

async function make(database: Database, _config: Config, { login, values }: Asked): Promise<void> {
  const { name = '', entity = '', contact = '' } = values
  const roles = (values.roles ?? '').split(',').filter((role) => role !== '')
  if (name === '' || roles.length === 0 || !roles.every(isRole)) {
    const known = allRoles.join(', ')
    throw new Error(`--name, --entity, --roles: some of ${known}\nالخيارات ‎--name و‎--entity و‎--roles مطلوبة، والأدوار: ${known}`)
  }
  await ensureEntities(database.pool, entities)
  if (!(await entityExists(database.pool, entity))) throw new Error('--entity: no such entity / ‎--entity: لا توجد جهة بهذا المعرّف')
  const password = await makeUserWithPassword(database, { login, name, entity, roles, contact, language: 'ar' })
  if (password === null) throw new Error('somebody has this user name / اسم المستخدم مأخوذ')
  show(password)
}

async function resetPassword(database: Database, config: Config, { login, values }: Asked): Promise<void> {
  const keyring = await lazyKeyring(config.dataDirectory)()
  const password = await resetFromTerminal(database, keyring, login, { authenticatorToo: values['reset-authenticator'] === true })
  if (password === null) throw noSuchUser()
  show(password)
}

async function setState(database: Database, login: string, disabled: boolean): Promise<void> {
  if (!(await setDisabled(database, login, disabled))) throw noSuchUser()
  tell(disabled ? 'Disabled and signed out.' : 'Enabled.', disabled ? 'عُطّل الحساب وسُجّل خروجه.' : 'فُعّل الحساب.')
}

async function list(database: Database): Promise<void> {
  for (let after: string | null = null; ;) {
    const users: Awaited<ReturnType<typeof listUsers>> = await listUsers(database.pool, { entity: null, after, limit: 500 })
    for (const { login, entity, roles, groupRoles, disabledAt } of users) {
      const words = [login, entity, [...new Set([...roles, ...groupRoles])].join(','), disabledAt ? 'disabled · معطل' : '']
      process.stdout.write(`${words.join('\t').trimEnd()}\n`)
    }
    after = users.at(-1)?.id ?? null
    if (after === null) return
  }
}

const noSuchUser = (): Error => new Error('no such user / لا يوجد مستخدم بهذا الاسم')

function show(password: string): void {
  tell('Password (shown once; must be changed at the first sign-in):', 'كلمة المرور (تُعرض مرة واحدة، ويجب تغييرها عند أول دخول):')
  process.stdout.write(`  ${password}\n`)
}
