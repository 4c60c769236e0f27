/** The registries in force, followed in every process by a stamp: what operators defined, over what the product ships. */
import type { Database } from '../../db/database.ts'
import { loadRegistryDefinitions, type RegistryDefinition, resolveDefinition } from '../registry-definition.ts'
import type { RegistryFile } from '../registry-schema.ts'
import { withAnswers } from '../pulled/answers-registry.ts'
import { codeLists } from '../shared-lists.ts'
import { readDefinitionStamp, readNewest, SHIPPED } from './definition-store.ts'

export interface Registries {
  /** In order of id; the same array as long as nothing changed. */
  readonly all: () => Promise<readonly RegistryDefinition[]>
  /** One that is not known is looked for before it is said that there is none. */
  readonly one: (id: string) => Promise<RegistryDefinition | undefined>
  /** What the next one asks for is read anew. */
  readonly forget: () => void
}

/** A change is seen by every process within this time, and at once by whoever asks for a registry that it does not know. */
const STAMP_MS = 500

/** One per process. */
export function registriesOf(
  { pool }: Pick<Database, 'pool'>,
  shipped: readonly RegistryDefinition[] = loadRegistryDefinitions(),
): Registries {
  let held: readonly RegistryDefinition[] = withAnswers(shipped)
  let stamp = 0
  let looked = -Infinity
  let looking: Promise<readonly RegistryDefinition[]> | null = null
  const look = async (): Promise<readonly RegistryDefinition[]> => {
    const began = performance.now()
    const now = await readDefinitionStamp(pool)
    if (now !== stamp) {
      held = merged(shipped, await definedHere(pool))
      stamp = now
    }
    looked = began
    return held
  }
  const all = async (): Promise<readonly RegistryDefinition[]> => {
    if (performance.now() - looked <= STAMP_MS) return held
    looking ??= look().finally(() => (looking = null))
    return looking
  }
  const forget = (): void => void (looked = -Infinity)
  const find = async (id: string) => (await all()).find((one) => one.id === id)
  return {
    all,
    forget,
    async one(id) {
      const known = await find(id)
      if (known) return known
      forget()
      return find(id)
    },
  }
}

/** Those in force that are not the product's own. */
async function definedHere(pool: Database['pool']): Promise<RegistryDefinition[]> {
  const newest = await readNewest(pool)
  return newest
    .filter(({ origin }) => origin !== SHIPPED)
    .map(({ source }) => resolveDefinition(JSON.parse(source) as RegistryFile, codeLists))
}

function merged(shipped: readonly RegistryDefinition[], defined: readonly RegistryDefinition[]): readonly RegistryDefinition[] {
  const byId = new Map([...shipped, ...defined].map((definition) => [definition.id, definition]))
  return withAnswers([...byId.values()]).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** How old each registry may be, as assembly asks for it; the same array for the same definitions. */
export interface RegistryAge {
  readonly registry: string
  readonly custodian: string
  readonly maxAgeDays: number
  readonly graceDays: number
}

const ages = new WeakMap<readonly RegistryDefinition[], readonly RegistryAge[]>()

export function registryAges(definitions: readonly RegistryDefinition[]): readonly RegistryAge[] {
  const known = ages.get(definitions) ?? definitions.map(({ id, custodian, freshness }) => ({ registry: id, custodian, ...freshness }))
  ages.set(definitions, known)
  return known
}

/** For whoever assembles: asked at each household, read at most twice a second. */
export const agesOf =
  ({ all }: Pick<Registries, 'all'>) =>
  async (): Promise<readonly RegistryAge[]> =>
    registryAges(await all())
