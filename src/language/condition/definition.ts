/** Shared definitions: conditions with a name, used by `{"condition": name}` from rules and from each other. */
import type { Words } from '../fact-space.ts'

export interface Definition {
  readonly id: string
  readonly label: Words
  /** A household definition may be used wherever the household's facts are; a person's only about persons. */
  readonly scope: 'household' | 'person'
  /** The condition as written; it is checked where it is used and, by itself, when it is read. */
  readonly conditions: unknown
}

export type Definitions = ReadonlyMap<string, Definition>

export const noDefinitions: Definitions = new Map()
