/** `mizan schemas FOLDER`: JSON Schemas of policy files, for editors that complete facts, operators and codes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { editedKinds, editorSchema } from '../programmes/editor-schemas/editor-schemas.ts'
import { shippedBundle } from '../programmes/shipped-bundle.ts'
import type { Command } from './command.ts'
import { tell } from './command.ts'

const USAGE = 'mizan schemas FOLDER [--of POLICY-FOLDER]'

export const schemas: Command = async ({ args }) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { of: { type: 'string' } } })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) throw new Error(`expected: ${USAGE} / الصيغة: ${USAGE}`)
  const { bundle, diagnostics } = shippedBundle(values.of)
  if (!bundle) throw new Error(`${diagnostics[0]?.pointer}: ${diagnostics[0]?.message}`)
  mkdirSync(folder, { recursive: true })
  for (const kind of editedKinds)
    writeFileSync(join(folder, `${kind}.schema.json`), `${JSON.stringify(editorSchema(bundle, kind), null, 2)}\n`)
  tell(`${editedKinds.length} schemas written to ${folder}.`, `كُتبت مخططات عددها ${editedKinds.length} إلى ${folder}.`)
  return 0
}
