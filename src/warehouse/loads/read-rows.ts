/** From the bytes of a delivery to checked rows: the reader of its format, and the check of the registry's definition. */
import { problem } from '../../kernel/problem.ts'
import { fieldsCheck, PERSON_FIELD, printable, rowCheck } from '../check-row.ts'
import type { RegistryDefinition } from '../registry-definition.ts'
import { batchWriter, type CheckedBatch } from './checked-batch.ts'
import { csvRows } from './csv-rows.ts'
import { ndjsonRows } from './ndjson-rows.ts'
import { type Header, plainLines, type PlainLines } from './plain-lines.ts'

export type TextFormat = 'csv' | 'ndjson'

export interface CheckedRows {
  readonly push: (chunk: Uint8Array) => CheckedBatch
  readonly end: () => CheckedBatch
}

/** Throws a problem when the delivery as a whole cannot be read. */
export function checkedRows(definition: RegistryDefinition, format: TextFormat): CheckedRows {
  const { take, add, reject, out, count } = batchWriter(definition)
  const blocks = format === 'csv' ? csv() : ndjson()
  return {
    push(chunk) {
      blocks.push(chunk)
      return take()
    },
    end() {
      blocks.end()
      return take()
    },
  }

  function ndjson() {
    const check = rowCheck(definition)
    const onRow = (line: number, row: unknown, text: () => string): void =>
      add(line, check(row), text, (row as Readonly<Record<string, unknown>> | null)?.[PERSON_FIELD])
    return ndjsonRows({ onRow, onBad: reject })
  }

  function csv() {
    const check = fieldsCheck(definition)
    let header: Header | null = null
    let plain: PlainLines | null = null
    const onRow = (line: number, fields: string[], text: () => string): void => {
      if (header === null) {
        header = headerOf(definition, fields)
        plain = plainLines(definition, header, out, count)
        return
      }
      if (fields.length !== header.width) return reject(line, 'row-fields', text())
      const number = fields[header.number]
      add(
        line,
        check(
          number,
          header.columns.map((place) => (place < 0 ? undefined : fields[place])),
        ),
        text,
        number,
      )
    }
    const onBad = (line: number, reason: string, text: string): void => {
      if (header === null) throw problem('load-header', { detail: `line ${line}: ${reason}`, expected: expected(definition) })
      reject(line, reason, text)
    }
    const rows = csvRows({ onRow, onBad, plain: () => plain })
    return {
      push: rows.push,
      end() {
        rows.end()
        if (header === null) throw problem('load-header', { detail: 'there is none', expected: expected(definition) })
      },
    }
  }
}

/** The first line names every field; a name that the registry does not have is an error of the whole delivery, not of each row. */
function headerOf(definition: RegistryDefinition, fields: readonly string[]): Header {
  const names = fields.map((field) => field.trim())
  const known = [PERSON_FIELD, ...definition.columns.map(({ name }) => name)]
  const refuse = (detail: string) => problem('load-header', { detail, expected: expected(definition) })
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw refuse(`${printable(unknown)} is not a column`)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw refuse(`${repeated} stands twice`)
  const missing = [
    PERSON_FIELD,
    ...definition.columns.filter(({ required }) => required === true).map(({ name }) => name),
    ...definition.key,
  ].find((name) => !names.includes(name))
  if (missing !== undefined) throw refuse(`${missing} is missing`)
  return {
    width: names.length,
    number: names.indexOf(PERSON_FIELD),
    columns: definition.columns.map(({ name }) => names.indexOf(name)),
  }
}

const expected = ({ columns }: RegistryDefinition): string => [PERSON_FIELD, ...columns.map(({ name }) => name)].join(',')
