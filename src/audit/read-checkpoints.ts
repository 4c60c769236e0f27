/** Checkpoints as people keep them: one as it is answered, a page of them, or a line for each. */
import type { SignedText } from './checkpoints/checkpoint.ts'

/** Throws for a file that holds none. */
export function readCheckpoints(text: string): (SignedText & { readonly publicKey?: string })[] {
  const found = valuesOf(text).flatMap((value) => {
    const page = (value as { readonly checkpoints?: unknown }).checkpoints
    return Array.isArray(page) ? (page as unknown[]) : [value]
  })
  const isSigned = (value: unknown): value is SignedText & { readonly publicKey?: string } => {
    const { signed, signature, publicKey } = (value ?? {}) as Record<string, unknown>
    return typeof signed === 'string' && typeof signature === 'string' && (publicKey === undefined || typeof publicKey === 'string')
  }
  if (!found.every(isSigned)) throw new Error('expected checkpoints with `signed` and `signature`, as the service gives them')
  return found
}

function valuesOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown)
  }
}
