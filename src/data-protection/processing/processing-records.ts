/** The register of what is done with personal data (Law 24/2023): one record for each purpose that a route or a job declares. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../kernel/project-root.ts'
import type { Words } from '../../language/fact-space.ts'

export interface ProcessingRecord {
  readonly id: string
  /** In English word for word what routes and events declare. */
  readonly purpose: Words
  /** The entity that answers for it, and for objections to it. */
  readonly controller: string
  /** Ids of the register's lists. */
  readonly legalBasis: string
  readonly categories: readonly string[]
  readonly recipients: readonly string[]
  /** Tables that keep what it writes, or that it reads most: how long they keep it says retention. */
  readonly stores: readonly string[]
}

export interface ProcessingRegister {
  readonly legalBases: Readonly<Record<string, Words>>
  readonly categories: Readonly<Record<string, Words>>
  readonly recipients: Readonly<Record<string, Words>>
  readonly records: readonly ProcessingRecord[]
}

export const processingRegister = JSON.parse(
  readFileSync(join(projectRoot, 'src/data-protection/processing/processing-records.json'), 'utf8'),
) as ProcessingRegister
