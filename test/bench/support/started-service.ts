/** A service that a bench started as a process of its own: where it answers, its first key, and numbers to ask about. */
import type { spawn } from 'node:child_process'
import { readConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/db/database.ts'

/** Waits until it answers. */
export async function started(service: ReturnType<typeof spawn>): Promise<{ url: string; key: string }> {
  let output = ''
  for await (const chunk of service.stdout ?? []) {
    output += String(chunk)
    const url = /https?:\/\/127\.0\.0\.1:\d+(?=\/health)/.exec(output)?.[0]
    const key = /mizan_\S{20,}/.exec(output)?.[0]
    if (url && key) {
      service.stdout?.resume()
      return { url, key }
    }
  }
  throw new Error(`the service did not start:\n${output}`)
}

/** National IDs of heads, in no order of theirs. */
export async function headNumbers(folder: string): Promise<string[]> {
  const database = await openDatabase(readConfig({ MIZAN_DATA_DIR: folder }))
  const { rows } = await database.pool.query<{ number: string }>(
    `select i.number from identity.identifier i join household_member m on m.person_ref = i.person_ref and m.valid_to is null and m.is_head
     where i.superseded_by is null order by md5(i.number)`,
  )
  await database.close()
  return rows.map(({ number }) => number)
}
