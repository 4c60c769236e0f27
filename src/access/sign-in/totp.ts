/** Codes of an authenticator (RFC 6238): six digits of thirty seconds, one step of tolerance, no step twice. */
import { generateSecret, generateURI, verifySync } from 'otplib'

const TOLERANCE_SECONDS = 30
const ISSUER = 'Mizan'

/** A new secret, and the address that an authenticator reads as a picture. */
export function offerTotp(login: string): { readonly secret: string; readonly uri: string } {
  const secret = generateSecret()
  return { secret, uri: generateURI({ issuer: ISSUER, label: login, secret }) }
}

/** The time step whose code it is, if that is later than the last one that was used; null otherwise. */
export function stepOfTotp(secret: string, code: string, lastStep: number, nowMs: number = Date.now()): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null
  const found = verifySync({ secret, token: code, epoch: Math.floor(nowMs / 1000), epochTolerance: TOLERANCE_SECONDS })
  return found.valid && 'timeStep' in found && found.timeStep > lastStep ? found.timeStep : null
}
