/** A process of its own that turns a Parquet file into CSV by DuckDB: a file made to break it breaks nothing else. Arguments: file, CSV to write, folder for what does not fit in memory. */
import { DuckDBInstance } from '@duckdb/node-api'

const [file = '', csv = '', folder = ''] = process.argv.slice(2)
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

try {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    threads: '1',
    temp_directory: folder,
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  // One thread keeps the order of rows. Every value is quoted, so that texts come back as they are.
  await connection.run(
    `COPY (SELECT COLUMNS(*)::VARCHAR FROM read_parquet(${literal(file)})) TO ${literal(csv)} (FORMAT csv, HEADER true, FORCE_QUOTE *)`,
  )
  process.exit(0)
} catch {
  // Its messages quote values.
  process.exit(65)
}
