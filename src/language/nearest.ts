/** Finds the name that somebody probably meant: nearest by edit distance, or the one it begins, ignoring case. */

/** The nearest of `names`, or undefined when none is near enough to be a likely slip. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  if (word.length > 80) return undefined
  const wanted = word.toLowerCase()
  const letters = lettersOf(wanted)
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    const lower = name.toLowerCase()
    if (word.length >= 4 && lower.startsWith(wanted)) return name
    if (Math.abs(name.length - word.length) >= bestDistance) continue
    // Each letter that one has and the other lacks takes an edit: most names are ruled out without looking closer.
    const others = lettersOf(lower)
    if (Math.max(countBits(letters & ~others), countBits(others & ~letters)) >= bestDistance) continue
    const distance = editDistance(wanted, lower, bestDistance)
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

/**
 * The same while few findings are there: whoever has that many slips mends the first ones first, and looking for the nearest of all
 * facts for each of hundreds of names holds up everybody else.
 */
export const hintAmong = (found: readonly unknown[], word: unknown, names: Iterable<string>): string | undefined =>
  found.length < MOST_HINTS ? didYouMean(word, names) : undefined

const MOST_HINTS = 40

/** Which letters a word has, as bits; other characters share bits, which only rules out less. */
function lettersOf(word: string): number {
  let bits = 0
  for (let index = 0; index < word.length; index++) bits |= 1 << (word.charCodeAt(index) & 31)
  return bits
}

function countBits(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count++
  return count
}

/** Letters to insert, delete or replace to make one of the other: exact below `enough`, anything from `enough` on where it is not below. */
export function editDistance(a: string, b: string, enough = Infinity): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  let row = previous.slice()
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const distance = Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1)
      row[j] = distance
      if (distance < least) least = distance
    }
    if (least >= enough) return enough
    ;[previous, row] = [row, previous]
  }
  return previous[b.length] as number
}
