/** What registry definitions share: the entities that keep registries, and the code lists that several columns use. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../kernel/project-root.ts'
import type { Words } from '../language/fact-space.ts'
import { placeCodeLists } from './places.ts'

export interface Entity {
  readonly id: string
  readonly names: Words
  readonly kind: string
  /** `seed`: named by the registry's own documents. `assumed`: ours, because a rule needs what such a body would keep. */
  readonly origin: 'seed' | 'assumed'
}

export type Codes = Readonly<Record<string, Words>>

const read = (name: string): unknown => JSON.parse(readFileSync(join(projectRoot, 'src/warehouse', name), 'utf8'))

/** The custodians, and NUR, which keeps no registry of its own but what families declare. */
export const entities: readonly Entity[] = read('entities.json') as Entity[]

/** By id; places are lists too. */
export const codeLists: ReadonlyMap<string, Codes> = new Map(
  Object.entries({ ...(read('code-lists.json') as Record<string, Codes>), ...placeCodeLists() }),
)
