/** What the terminal does with users, what is swept away, and the messages that reach people. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lazyKeyring } from '../../src/access/keyring.ts'
import { countAttempt } from '../../src/access/sign-in/attempt-count.ts'
import { codeSenderOf, textOf } from '../../src/access/sign-in/code-sender.ts'
import { sweep } from '../../src/access/sweep.ts'
import { makeUserWithPassword, resetFromTerminal, setDisabled } from '../../src/access/users/terminal-users.ts'
import { ensureFirstOperator } from '../../src/access/users/first-operator.ts'

import { eventsOf, service } from './service.ts'

const { app, database, headers } = service

t.test('from the terminal: made, given a new password, disabled', async (t) => {
  const wanted = { login: 'term', name: 'T', entity: 'NAF', roles: ['analyst'], contact: '', language: 'en' } as const
  const first = (await makeUserWithPassword(database, wanted)) as string
  t.match(first, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/)
  t.equal(await makeUserWithPassword(database, wanted), null, 'taken')
  const begun = await service.signIn('term', first)
  t.match((await begun.ask('GET', '/v1/me')).json(), { mustChangePassword: true })
  await database.pool.query("update user_account set totp_secret = 'lost' where login = 'term'")
  const keyring = await lazyKeyring(service.dataDirectory)()
  const second = (await resetFromTerminal(database, keyring, 'term', { authenticatorToo: true })) as string
  t.equal((await begun.ask('GET', '/v1/me')).statusCode, 401, 'signed out everywhere')
  const again = await service.signIn('term', second)
  t.equal(await setDisabled(database, 'term', true), true)
  t.equal((await again.ask('GET', '/v1/me')).statusCode, 401)
  t.equal(await setDisabled(database, 'term', false), true)
  t.same(
    [await setDisabled(database, 'no.one', true), await resetFromTerminal(database, keyring, 'no.one', { authenticatorToo: false })],
    [false, null],
  )
  t.same((await eventsOf('password.reset')).at(-1)?.objects, [begun.id, 'secondFactor'], 'recorded as what the terminal did')
})

t.test('what has ended is removed after a while, and nothing else', async (t) => {
  const count = async (table: string): Promise<number> => (await database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n
  const tables = ['user_session', 'sign_in_challenge', 'password_token', 'attempt_count']
  await countAttempt(database.pool, 'x', { purpose: 'sign-in', attemptsMax: 5, minutes: 15 })
  const before = await Promise.all(tables.map(count))
  await sweep(database.pool)
  t.same(await Promise.all(tables.map(count)), before)
  await database.pool.query(`update user_session set expires_at = expires_at - interval '31 days';
    update sign_in_challenge set expires_at = expires_at - interval '2 days'; update password_token set expires_at = expires_at - interval '5 days';
    update attempt_count set since = since - interval '9 days', locked_until = null`)
  await sweep(database.pool)
  t.same(await Promise.all(tables.map(count)), [0, 0, 0, 0])
})

t.test('a message says how long it is good for, in the plural of its language', async (t) => {
  const message = { kind: 'code', login: 'amal', contact: '+962 7', secret: '123456' } as const
  t.equal(textOf({ ...message, language: 'ar', minutes: 5 }), 'amal <+962 7>\nرمز التحقق: 123456\nصالح لمدة 5 دقائق، ولمرة واحدة.\n')
  t.match(textOf({ ...message, language: 'ar', minutes: 4_320 }), '3 أيام')
  t.match(textOf({ ...message, language: 'en', minutes: 4_320 }), 'Valid for 3 days, once.')
  const dataDirectory = t.testdir({ sender: '#!/bin/sh\ncat > "$(dirname "$0")/got"; test ! -s "$(dirname "$0")/fail"\n' })
  const codeSenderCommand = join(dataDirectory, 'sender')
  chmodSync(codeSenderCommand, 0o700)
  const send = codeSenderOf({ codeSender: 'command', codeSenderCommand, dataDirectory })
  await send({ ...message, language: 'en', minutes: 5 })
  t.match(JSON.parse(readFileSync(join(dataDirectory, 'got'), 'utf8')), { ...message, minutes: 5, text: /Valid for 5 minutes/ })
  writeFileSync(join(dataDirectory, 'fail'), 'x')
  await t.rejects(send({ ...message, language: 'en', minutes: 5 }), /ended with 1/)
  t.throws(() => codeSenderOf({ codeSender: 'command', codeSenderCommand: undefined, dataDirectory }), /CODE_SENDER_COMMAND/)
})

t.test('nobody is made first where there are users', async (t) => {
  t.equal(await ensureFirstOperator(database), null)
  const all = await app.inject({ url: '/v1/users', headers })
  t.equal(
    all.json().users.every(({ login }: { login: string }) => login !== 'operator'),
    true,
  )
})
