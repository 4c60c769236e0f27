/** Who is behind the id of an actor, told by whoever keeps keys, users and clients. */
export interface ActorName {
  readonly kind: 'user' | 'key' | 'client' | 'service'
  readonly name: string | null
}

/** Those that are known of the ids; the service's own words (`system`, `schedule`, `command line`) are ids of nobody. */
export type ActorNames = (ids: readonly string[]) => Promise<ReadonlyMap<string, ActorName>>

/** Whoever is unknown is a part of the service. */
export const nameOfActor = (names: ReadonlyMap<string, ActorName>, id: string): ActorName =>
  names.get(id) ?? { kind: 'service', name: null }
