/** From the installation's secret each entity's password and the key that seals whose rows a transaction is about; PostgreSQL is told the password's verifier only. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { installationSecret } from '../../installation-secret.ts'

export const loginSecret = (dataDirectory: string): Promise<Uint8Array> => installationSecret(dataDirectory, 'entity-logins')

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const keyed = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** One for each role of each database: 256 bits that nobody needs to know. */
export const passwordOf = (secret: Uint8Array, role: string): string => keyed(secret, `password of ${role}`).toString('base64url')

/** Tells whether a password is this installation's; of 256 random bits a plain hash gives nothing away. */
export const passwordHashOf = (secret: Uint8Array, role: string): string => sha256(Buffer.from(passwordOf(secret, role))).toString('hex')

export const personKeyOf = (secret: Uint8Array, role: string): Buffer => keyed(secret, `persons of ${role}`)

const ITERATIONS = 4_096

/** What PostgreSQL stores of a password (RFC 5803), so that the password itself is in no statement and in no log of statements. */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const stored = sha256(keyed(salted, 'Client Key'))
  const [saltText, storedText, serverText] = [salt, stored, keyed(salted, 'Server Key')].map((bytes) =>
    Buffer.from(bytes).toString('base64'),
  )
  return `SCRAM-SHA-256$${ITERATIONS}:${saltText}$${storedText}:${serverText}`
}

/** The reference with its seal, as person_asked() of migration 0022 opens it. */
export function sealedPerson(personKey: Uint8Array, personRef: number): string {
  const inner = sha256(Buffer.concat([personKey, Buffer.from(String(personRef))]))
  return `${personRef}.${sha256(Buffer.concat([personKey, inner])).toString('hex')}`
}
