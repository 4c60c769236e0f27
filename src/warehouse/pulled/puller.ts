/** Asks pulled registries about persons: what was answered lately is not asked again, one call per person at a time, so many at once, none while a circuit is open. */
import type { Database } from '../../db/database.ts'
import { rowCheck } from '../check-row.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import type { Connector } from '../registry-schema.ts'
import { type Answer, ask, type Bus, type Unanswered } from './ask.ts'
import { numbersOf } from '../identity-vault.ts'
import { answeredAt, keepAnswers } from './answer-store.ts'
import { circuit, type Circuit, type CircuitState } from './circuit.ts'
import { gate, type Gate } from './gate.ts'

export interface PullerDeps {
  readonly database: Database
  /** Null: no bus is configured, and nobody answers. */
  readonly bus: Bus | null
  /** ISO date of a moment. */
  readonly dayOf: (ms: number) => string
  readonly now?: () => number
  /** Hears of every call: how it went and how long it took. */
  readonly onAsked?: (registry: string, outcome: 'answered' | Unanswered, seconds: number) => void
  readonly circuit?: { readonly failures: number; readonly openMs: number }
}

export interface Puller {
  /** Asks where it has to, keeps what was answered, and resolves to the persons who did not answer, with why. */
  readonly pull: (definition: RegistryDefinition, persons: readonly number[]) => Promise<ReadonlyMap<number, Unanswered>>
  /** States of the circuits of registries that were asked, for metrics. */
  readonly circuits: () => ReadonlyMap<string, CircuitState>
}

const CIRCUIT = { failures: 5, openMs: 30_000 }

interface Line {
  readonly circuit: Circuit
  readonly gate: Gate
  readonly callsAtOnce: number
}

/** One per process. */
export function puller(deps: PullerDeps): Puller {
  const { database, now = Date.now } = deps
  const lines = new Map<string, Line>()
  const flying = new Map<string, Promise<Unanswered | null>>()
  const lineOf = (id: string, { callsAtOnce }: Connector): Line => {
    const known = lines.get(id)
    if (known?.callsAtOnce === callsAtOnce) return known
    const made = { circuit: known?.circuit ?? circuit(deps.circuit ?? CIRCUIT), gate: gate(callsAtOnce), callsAtOnce }
    lines.set(id, made)
    return made
  }
  const dueOf = async (definition: RegistryDefinition, persons: readonly number[]): Promise<number[]> => {
    const since = now() / 1_000 - (definition.connector as Connector).timeToLiveMinutes * 60
    const known = await answeredAt(database.pool, definition, persons)
    return persons.filter((ref) => (known.get(ref) ?? -Infinity) <= since)
  }
  /** Looked up again, asked and kept; null when there is an answer. What the warehouse does not hold was not answered: all ways of reading must agree. */
  const fly = async (definition: RegistryDefinition, personRef: number, number: string): Promise<Unanswered | null> => {
    if ((await dueOf(definition, [personRef])).length === 0) return null
    const answer = await call(deps, definition, number, lineOf(definition.id, definition.connector as Connector))
    if ('unanswered' in answer) return answer.unanswered
    const moment = { day: deps.dayOf(now()), seconds: Math.floor(now() / 1_000) }
    return keepAnswers(database, definition, [{ personRef, rows: answer.rows }], moment).then(
      () => null,
      () => 'not-kept',
    )
  }
  const asked = (definition: RegistryDefinition, personRef: number, number: string): Promise<Unanswered | null> => {
    const key = `${definition.id} ${personRef}`
    const flight = flying.get(key) ?? fly(definition, personRef, number).finally(() => flying.delete(key))
    flying.set(key, flight)
    return flight
  }
  return {
    circuits: () => new Map([...lines].map(([id, line]) => [id, line.circuit.state()])),
    async pull(definition, persons) {
      const due = await dueOf(definition, persons)
      if (due.length === 0) return new Map()
      const numbers = await numbersOf(database.pool, due)
      const silent = await Promise.all(
        due.map(async (personRef) => {
          const number = numbers.get(personRef)
          return [personRef, number === undefined ? ('refused' as const) : await asked(definition, personRef, number)] as const
        }),
      )
      return new Map(silent.filter((one): one is readonly [number, Unanswered] => one[1] !== null))
    },
  }
}

async function call({ bus, onAsked = () => {} }: PullerDeps, definition: RegistryDefinition, number: string, line: Line): Promise<Answer> {
  const began = performance.now()
  const told = (answer: Answer): Answer => {
    onAsked(definition.id, 'unanswered' in answer ? answer.unanswered : 'answered', (performance.now() - began) / 1_000)
    return answer
  }
  if (!bus) return told({ unanswered: 'not-configured' })
  const connector = definition.connector as Connector
  const leave = await line.gate.enter(connector.timeoutMs)
  if (!leave) return told({ unanswered: 'busy' })
  try {
    if (!line.circuit.tryPass()) return told({ unanswered: 'circuit-open' })
    const answer = await ask({ bus, connector, check: checkOf(definition), number })
    if ('unanswered' in answer) line.circuit.failed()
    else line.circuit.succeeded()
    return told(answer)
  } finally {
    leave()
  }
}

const checks = new WeakMap<RegistryDefinition, ReturnType<typeof rowCheck>>()
function checkOf(definition: RegistryDefinition): ReturnType<typeof rowCheck> {
  const known = checks.get(definition) ?? rowCheck(definition)
  checks.set(definition, known)
  return known
}
