/** Finds the name that somebody probably meant: nearest by edit distance, or the one it begins, ignoring case. */

/** The nearest of `names`, or undefined when none is near enough to be a likely slip. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  if (word.length > 80) return undefined
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    if (word.length >= 4 && name.toLowerCase().startsWith(wanted)) return name
    if (Math.abs(name.length - word.length) >= bestDistance) continue
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** `did you mean "x"?`, or undefined when nothing is near. */
export function didYouMean(word: unknown, names: Iterable<string>): string | undefined {
  const name = typeof word === 'string' ? nearest(word, names) : undefined
  return name === undefined ? undefined : `did you mean ${JSON.stringify(name)}?`
}

/** Letters to insert, delete or replace to make one of the other. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[b.length] as number
}
