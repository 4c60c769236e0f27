/** What must hold of a connector: it says where each column stands in an answer, and can reach nothing but an operation of the service bus. */
import { at } from '../../kernel/diagnostic.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { quote } from '../../language/diagnostic-codes.ts'
import { didYouMean } from '../../language/nearest.ts'
import { fault } from '../registry-diagnostics.ts'
import type { Connector, RegistryFile } from '../registry-schema.ts'

/** Segments of letters, digits, `_`, `-` and inner dots: neither another host nor a way up. */
const PATH = /^(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$/
const POINTER = /^(\/([^~/]|~[01])*)*$/
const OPERATION = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/
const TIMEOUT_MS_MAX = 10_000
const CALLS_AT_ONCE_MAX = 64
const MINUTES_MAX = 60 * 24 * 366

export function checkConnector({ connector, delivery, dwelling, columns }: RegistryFile): Diagnostic[] {
  if ((delivery === 'pulled') !== (connector !== undefined))
    return [fault('connector-misplaced', '/connector', 'a pulled registry has a connector, and no other has')]
  if (!connector) return []
  const found = [...checkReach(connector), ...checkPlaces(connector, columns)]
  if (dwelling) found.push(fault('connector-misplaced', '/dwelling', 'a dwelling is not asked for person by person'))
  for (const [index, { name, type }] of columns.entries())
    if (type === 'person')
      found.push(
        fault('connector-misplaced', at(at('/columns', index), 'type'), `${quote(name)} would bring in persons nobody asked about`),
      )
  return found
}

function checkReach({ operation, path, timeoutMs, callsAtOnce, timeToLiveMinutes }: Connector): Diagnostic[] {
  const wrong = (isSound: boolean, name: string, expected: string): Diagnostic[] =>
    isSound ? [] : [fault('connector-value', `/connector/${name}`, `${quote(name)} is not allowed`, { expected })]
  return [
    ...wrong(OPERATION.test(operation), 'operation', 'such as DCMR.GetPersonInfoByNationalNo'),
    ...wrong(PATH.test(path), 'path', 'such as /dcmr/person-info, below the address of the bus'),
    ...wrong(timeoutMs <= TIMEOUT_MS_MAX, 'timeoutMs', `at most ${TIMEOUT_MS_MAX}`),
    ...wrong(callsAtOnce <= CALLS_AT_ONCE_MAX, 'callsAtOnce', `at most ${CALLS_AT_ONCE_MAX}`),
    ...wrong(timeToLiveMinutes <= MINUTES_MAX, 'timeToLiveMinutes', `at most ${MINUTES_MAX}`),
  ]
}

function checkPlaces({ rowsAt, columns: places, notFound }: Connector, columns: RegistryFile['columns']): Diagnostic[] {
  const names = columns.map(({ name }) => name)
  const pointers: [string, string][] = [
    ...(rowsAt === undefined ? [] : [['/connector/rowsAt', rowsAt] as [string, string]]),
    ...Object.entries(places).map(([name, pointer]): [string, string] => [at('/connector/columns', name), pointer]),
    ...(notFound ? [['/connector/notFound/at', notFound.at] as [string, string]] : []),
  ]
  return [
    ...pointers
      .filter(([, pointer]) => !POINTER.test(pointer))
      .map(([place]) => fault('connector-value', place, 'this is no JSON Pointer', { expected: 'such as /result/items' })),
    ...Object.keys(places)
      .filter((name) => !names.includes(name))
      .map((name) =>
        fault('column-unknown', at('/connector/columns', name), `${quote(name)} is not a column`, { hint: didYouMean(name, names) }),
      ),
    ...names
      .filter((name) => !Object.hasOwn(places, name))
      .map((name) =>
        fault('connector-value', '/connector/columns', `nothing is said of ${quote(name)}`, { expected: 'a place for each column' }),
      ),
  ]
}
