/** Service operations of custodians: named sets of a registry's columns, by which custodians know what they give. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../kernel/project-root.ts'
import { type Grant, standing } from './grant.ts'

export interface Operation {
  /** `CUSTODIAN.Name` */
  readonly id: string
  readonly custodian: string
  readonly origin: 'seed' | 'assumed'
  readonly label: { readonly en: string; readonly ar: string }
  readonly registry: string
  readonly columns: readonly string[]
}

const file = join(projectRoot, 'src/access/grants/operations.json')

export const operations: readonly Operation[] = JSON.parse(readFileSync(file, 'utf8')) as Operation[]

export const operationNamed = (id: string): Operation | undefined => operations.find((one) => one.id === id)

export interface OperationConsumer {
  readonly consumer: string
  readonly state: 'granted' | 'partly' | 'requested'
  /** Columns that are granted, of the operation's. */
  readonly columns: readonly string[]
  readonly grants: readonly string[]
}

/** Who may call it: from the same grants by which queries are checked. `current` are in force today or asked for. */
export function consumersOf({ registry, columns }: Operation, current: readonly Grant[]): OperationConsumer[] {
  const touching = current.filter((grant) => grant.registry === registry && standing(grant).some((column) => columns.includes(column)))
  return [...new Set(touching.map(({ consumer }) => consumer))].toSorted().map((consumer) => {
    const own = touching.filter((grant) => grant.consumer === consumer)
    const approved = own.filter(({ status, rows }) => status === 'approved' && rows?.kind !== 'none')
    const granted = columns.filter((column) => approved.some((grant) => standing(grant).includes(column)))
    const state = granted.length === columns.length ? 'granted' : granted.length > 0 ? 'partly' : 'requested'
    return { consumer, state, columns: granted, grants: own.map(({ id }) => id) }
  })
}
