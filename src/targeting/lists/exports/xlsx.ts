/** A list as an Excel workbook (Office Open XML), written as the client takes it; a further sheet where one is full. */
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { ListedUnit } from '../list-store.ts'
import { answeredUnit, type UnitField } from '../unit-answer.ts'
import { headerXml, rowXml } from './xlsx-cells.ts'
import { contentTypes, relationships, SHEET_END, sheetStart, STYLES, workbook, workbookRelationships } from './xlsx-parts.ts'
import { type Exported, unitBatches } from './unit-batches.ts'

/** Rows of a sheet, the header included: Excel opens no more. */
export const EXCEL_ROWS = 1_048_576

/** Their XML takes a few milliseconds of the loop. */
const ROWS_AT_ONCE = 250

export interface XlsxRequest extends Exported {
  readonly fields: readonly UnitField[]
  /** Of the headers; an Arabic sheet runs from right to left. */
  readonly language: 'ar' | 'en'
  readonly sheetRows?: number
  /** Time stamp of the archive's entries, so that the same list is the same file. */
  readonly at: Date
}

/** Reading stops when `signal` aborts or the stream is destroyed. */
export function xlsxStream(request: XlsxRequest): Readable {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  const fail = (error: unknown): void => void output.destroy(error as Error)
  zip.on('error', fail)
  request.signal.addEventListener('abort', () => output.destroy())
  fill(zip, request).catch(fail)
  return output
}

async function fill(zip: ZipFile, request: XlsxRequest): Promise<void> {
  const { at: mtime, sheetRows = EXCEL_ROWS, language, signal } = request
  const add = (path: string, xml: string): void => zip.addBuffer(Buffer.from(xml), path, { mtime })
  // In front, though the number of sheets is not known yet: programs tell the kind of file by its first entry.
  add('[Content_Types].xml', contentTypes)
  add('_rels/.rels', relationships)
  add('xl/styles.xml', STYLES)
  const rows = unitRows(request)
  let sheets = 0
  let current: Readable | null = null
  signal.addEventListener('abort', () => current?.destroy())
  do {
    const sheet = Readable.from(sheetXml(rows, request, sheetRows), { highWaterMark: 1 })
    current = sheet
    const ended = new Promise<void>((resolve, reject) => sheet.once('end', resolve).once('error', reject))
    zip.addReadStream(sheet, `xl/worksheets/sheet${++sheets}.xml`, { mtime })
    await ended
  } while (!(await rows.ended()))
  add('xl/workbook.xml', workbook(sheets, language))
  add('xl/_rels/workbook.xml.rels', workbookRelationships(sheets))
  zip.end()
}

async function* sheetXml(rows: UnitRows, { fields, language }: XlsxRequest, sheetRows: number): AsyncGenerator<string> {
  yield sheetStart(fields, language) + headerXml(fields, language)
  for (let next = 2; next <= sheetRows;) {
    const units = await rows.take(Math.min(ROWS_AT_ONCE, sheetRows - next + 1))
    if (units.length === 0) break
    const first = next
    yield units.map((unit, index) => rowXml(answeredUnit(unit), fields, first + index)).join('')
    next += units.length
  }
  yield SHEET_END
}

interface UnitRows {
  /** At most `most`; none at the end only. */
  readonly take: (most: number) => Promise<readonly ListedUnit[]>
  readonly ended: () => Promise<boolean>
}

/** The list's units in the portions that sheets have room for. */
function unitRows(exported: Exported): UnitRows {
  const batches = unitBatches(exported)
  let waiting: readonly ListedUnit[] = []
  const ended = async (): Promise<boolean> => {
    while (waiting.length === 0) {
      const { value, done } = await batches.next()
      if (done) return true
      waiting = value
    }
    return false
  }
  return {
    ended,
    async take(most) {
      if (await ended()) return []
      const taken = waiting.slice(0, most)
      waiting = waiting.slice(most)
      return taken
    },
  }
}
