/** Columns of every type that the replica keeps come as doubles, over many chunks, into memory that held something else. */
import { DuckDBInstance } from '@duckdb/node-api'
import t from 'tap'
import { type ColumnRoom, readColumns } from '../../../src/warehouse/replica/read-columns.ts'

const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
t.teardown(() => {
  connection.closeSync()
  instance.closeSync()
})

const ROWS = 5_000
/** Every third is unknown; wide numbers go beyond what a double holds exactly. */
const CELLS: Readonly<Record<string, (row: number) => string>> = {
  TINYINT: (row) => String((row % 256) - 128),
  SMALLINT: (row) => String((row % 65_536) - 32_768),
  INTEGER: (row) => String((row - 2_500) * 858_993),
  BIGINT: (row) => String(BigInt(row - 2_500) * 3_689_348_814_741_910n),
  DOUBLE: (row) => String(row / 8),
}

await connection.run(
  `CREATE TABLE rows (row INTEGER, ${Object.keys(CELLS)
    .map((type) => `"${type}" ${type}`)
    .join()})`,
)
for (let first = 0; first < ROWS; first += 1_000) {
  const lines = Array.from({ length: 1_000 }, (_, n) => {
    const row = first + n
    return `(${row}, ${Object.values(CELLS)
      .map((cell, at) => ((row + at) % 3 === 0 ? 'NULL' : cell(row)))
      .join()})`
  })
  await connection.run(`INSERT INTO rows VALUES ${lines.join()}`)
}

const expected = Object.values(CELLS).map((cell, at) =>
  Array.from({ length: ROWS }, (_, row) => ((row + at) % 3 === 0 ? NaN : Number(cell(row)))),
)
const query = `SELECT ${Object.keys(CELLS)
  .map((type) => `"${type}"`)
  .join()} FROM rows ORDER BY row`

t.test('each type, with NaN where nothing is known', async (t) => {
  const { rows, columns } = await readColumns(connection, query)
  t.equal(rows, ROWS)
  for (const [at, type] of Object.keys(CELLS).entries()) t.strictSame([...(columns[at] ?? [])], expected[at], type)
})

t.test('room that held more, or less, of another query', async (t) => {
  const room: ColumnRoom = new Map()
  const asked = { room, slot: 'rows' }
  await readColumns(connection, 'SELECT row, NULL::INTEGER, row FROM rows LIMIT 10', asked)
  const [first] = (await readColumns(connection, query, asked)).columns
  t.strictSame([...(first ?? [])], expected[0])
  const few = await readColumns(connection, `${query} LIMIT 3`, asked)
  t.strictSame(
    few.columns.map((column) => [...column]),
    expected.map((column) => column.slice(0, 3)),
  )
  t.equal(few.columns[0]?.buffer, first?.buffer, 'the same memory')
  const other = await readColumns(connection, query, { room, slot: 'other rows' })
  t.not(other.columns[0]?.buffer, first?.buffer)
})

t.test('nothing', async (t) => {
  const { rows, columns } = await readColumns(connection, `${query} LIMIT 0`)
  t.strictSame([rows, columns.map(({ length }) => length)], [0, [0, 0, 0, 0, 0]])
})

t.test('a query that fails while it runs says so', async (t) => {
  await t.rejects(readColumns(connection, `SELECT CASE WHEN row = 4900 THEN error('not this row')::INTEGER ELSE row END FROM rows`), {
    message: /not this row/,
  })
})
