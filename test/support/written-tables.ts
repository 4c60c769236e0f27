/** Which tables a source text writes: SQL in strings, and Kysely's builders. */

const name = '([a-z_][\\w.]*)'
const patterns = [
  new RegExp(`\\b(?:insert|merge)\\s+into\\s+${name}`, 'gi'),
  // "FOR UPDATE" and "DO UPDATE SET" lock or continue a statement; what follows is no table.
  new RegExp(`(?<!\\b(?:for|do|key)\\s+)\\bupdate\\s+(?:only\\s+)?(?!set\\b)${name}\\s+(?:as\\s+\\w+\\s+|[a-z]\\w*\\s+)?set\\b`, 'gi'),
  new RegExp(`\\bdelete\\s+from\\s+(?:only\\s+)?${name}`, 'gi'),
  new RegExp(`\\bcopy\\s+${name}\\s*(?:\\([^)]*\\)\\s*)?from\\b`, 'gi'),
  new RegExp(`\\btruncate\\s+(?:table\\s+)?${name}`, 'gi'),
  new RegExp(`\\.(?:insertInto|updateTable|deleteFrom|mergeInto)\\('${name}`, 'g'),
]

/** Table names as written, each once. */
export function writtenTables(text: string): string[] {
  return [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, table]) => (table as string).toLowerCase())))]
}
