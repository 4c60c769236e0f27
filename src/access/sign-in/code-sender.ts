/** Who takes codes and tokens to people: a file of the data folder, the terminal, or a program of the operator's. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Message {
  /** What the user is asked for: the code of a sign-in, or the token for a new password. */
  readonly kind: 'code' | 'password'
  readonly login: string
  readonly contact: string
  readonly language: 'ar' | 'en'
  readonly secret: string
  readonly minutes: number
}

/** Resolves when the message was taken over. */
export type CodeSender = (message: Message) => Promise<void>

export interface SenderSettings {
  readonly codeSender: 'file' | 'console' | 'command'
  readonly codeSenderCommand: string | undefined
  readonly dataDirectory: string
}

export function codeSenderOf({ codeSender, codeSenderCommand, dataDirectory }: SenderSettings): CodeSender {
  if (codeSender === 'console') return async (message) => void process.stderr.write(`\n${textOf(message)}\n`)
  if (codeSender === 'command') {
    if (codeSenderCommand === undefined)
      throw new Error('CODE_SENDER=command needs CODE_SENDER_COMMAND / يحتاج ‎CODE_SENDER=command‎ إلى ‎CODE_SENDER_COMMAND')
    return (message) => run(codeSenderCommand, message)
  }
  return (message) => intoFile(join(dataDirectory, 'outbox'), message)
}

/** What the user reads, in the user's language. */
export function textOf({ kind, login, contact, language, secret, minutes }: Message): string {
  const to = contact === '' ? login : `${login} <${contact}>`
  const words =
    language === 'ar'
      ? { code: 'رمز التحقق', password: 'رمز تعيين كلمة المرور', valid: `صالح لمدة ${lasting(minutes, language)}، ولمرة واحدة.` }
      : { code: 'Verification code', password: 'Token for a new password', valid: `Valid for ${lasting(minutes, language)}, once.` }
  return `${to}\n${words[kind]}: ${secret}\n${words.valid}\n`
}

const DAY_MINUTES = 1_440

/** In the plural that the number takes, which Arabic has several of. */
function lasting(minutes: number, language: Message['language']): string {
  const [count, unit] = minutes % DAY_MINUTES === 0 ? [minutes / DAY_MINUTES, 'day'] : [minutes, 'minute']
  return new Intl.NumberFormat(`${language}-u-nu-latn`, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

/** Files are whole or not there, readable by the service's user only, and removed once they are of no use. */
async function intoFile(folder: string, message: Message): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await removeOld(folder)
  const name = `${message.kind}-${message.login.replaceAll(/[^a-z0-9._-]/g, '_')}-${randomUUID()}`
  const written = join(folder, `.${name}`)
  await writeFile(written, textOf(message), { mode: 0o600, flag: 'wx' })
  await rename(written, join(folder, `${name}.txt`))
}

/** As long as the longest token is valid. */
const KEPT_MS = 3 * 24 * 3_600_000

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found && Date.now() - found.mtimeMs > KEPT_MS) await unlink(path).catch(() => {})
  }
}

const COMMAND_MS = 10_000

/** The program gets the message as JSON on its standard input, never as an argument, which other users of the machine could read. */
function run(command: string, message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [], { stdio: ['pipe', 'ignore', 'ignore'], env: {}, timeout: COMMAND_MS })
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the sender of codes ended with ${String(code)}`))))
    child.stdin.on('error', () => {})
    child.stdin.end(`${JSON.stringify({ ...message, text: textOf(message) })}\n`)
  })
}
