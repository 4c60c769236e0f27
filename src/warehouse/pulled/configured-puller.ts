/** The puller that the settings describe. */
import type { Database } from '../../db/database.ts'
import { daysIn } from '../changes/freshness.ts'
import { type Puller, puller, type PullerDeps } from './puller.ts'

export interface BusSettings {
  readonly serviceBusUrl: string | undefined
  readonly serviceBusToken: string | undefined
  readonly timeZone: string
}

export function configuredPuller(
  database: Database,
  { serviceBusUrl, serviceBusToken, timeZone }: BusSettings,
  onAsked?: PullerDeps['onAsked'],
): Puller {
  const bus = serviceBusUrl === undefined ? null : { url: serviceBusUrl, token: serviceBusToken }
  return puller({ database, bus, dayOf: daysIn(timeZone), ...(onAsked ? { onAsked } : {}) })
}
