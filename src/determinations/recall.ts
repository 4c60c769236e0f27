/** Brings a stored determination back: the household as it was read, with the versions that were used. */
import type { AssembledHousehold, SourceState } from '../households/assembled.ts'
import { sha256 } from '../kernel/canonical.ts'
import { dayNumber } from '../kernel/date.ts'
import { problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import type { Versions } from '../programmes/versions-in-force.ts'
import { determinationBody } from './determination-body.ts'
import type { DeterminationBody } from './determination-body.ts'
import type { StoredDetermination } from './determination-store.ts'
import { determine } from './determine.ts'
import type { DeterminedOutcome } from './determine.ts'
import { readSnapshotText } from './snapshot-text.ts'

export interface Recalled {
  readonly stored: StoredDetermination
  readonly body: DeterminationBody
  readonly bundle: Bundle
  readonly assembled: AssembledHousehold
}

export async function recall(versions: Versions, stored: StoredDetermination): Promise<Recalled> {
  const bundle = await versions.byHash(stored.versionSet)
  if (sha256(stored.facts) !== stored.factsHash)
    throw problem('replay-not-possible', { detail: 'the stored facts no longer have their hash' })
  const assembled: AssembledHousehold = {
    householdRef: stored.householdRef,
    asOf: dayNumber(stored.asOf) as number,
    sources: JSON.parse(stored.sources) as SourceState[],
    applicationId: stored.declaredBy,
    ...readSnapshotText(stored.facts, bundle.catalogue),
  }
  return { stored, body: JSON.parse(stored.body) as DeterminationBody, bundle, assembled }
}

export interface Replay {
  /** Whether the same bytes came out. */
  readonly same: boolean
  readonly storedHash: string
  readonly replayedHash: string
  readonly outcome: { readonly stored: DeterminedOutcome; readonly replayed: DeterminedOutcome }
}

/** Determines again from the stored facts with the stored versions, and compares the bytes. */
export async function replay({ stored, body, bundle, assembled }: Recalled): Promise<Replay> {
  const { units } = await determine(bundle, assembled)
  const unit = units.find(({ programme, personRef }) => programme === stored.programme && personRef === stored.personRef)
  if (!unit) throw problem('replay-not-possible', { detail: 'the member is not among the stored facts' })
  const again = determinationBody(bundle, { asOf: assembled.asOf, factsHash: sha256(stored.facts) }, unit)
  return {
    same: again === stored.body,
    storedHash: sha256(stored.body),
    replayedHash: sha256(again),
    outcome: { stored: body.outcome, replayed: unit.outcome },
  }
}
