/** The shipped files, checked and compiled without a database: for the command line and for tests. */
import type { CompiledBundle } from './compile-bundle.ts'
import { compileBundle } from './compile-bundle.ts'
import { shippedTexts } from './shipped-files.ts'

export const shippedBundle = (root?: string): CompiledBundle =>
  compileBundle(
    shippedTexts(root)
      .filter(({ kind }) => kind !== 'cases')
      .map((text) => ({ ...text, version: text.version ?? 1 })),
  )
