/** The lines by which two texts differ: the longest common subsequence, for texts of the size that people write. */

export interface DiffLine {
  readonly op: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Beyond this many comparisons the differing middle is told as replaced as a whole. */
const CELLS_MAX = 4_000_000
/** Unchanged lines that are kept around a change. */
const CONTEXT = 3

export function lineDiff(before: string, after: string): DiffLine[] {
  const a = linesOf(before)
  const b = linesOf(after)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const middle = between(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ op: 'same', text }))
  return nearChanges([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))])
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))

function between(a: readonly string[], b: readonly string[]): DiffLine[] {
  if (a.length * b.length > CELLS_MAX) {
    return [...a.map((text): DiffLine => ({ op: 'removed', text })), ...b.map((text): DiffLine => ({ op: 'added', text }))]
  }
  // longest[i * width + j]: of a from i on and b from j on.
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => longest[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ op: 'same', text: a[i++] as string })
      j++
    } else if (j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push({ op: 'removed', text: a[i++] as string })
    else lines.push({ op: 'added', text: b[j++] as string })
  }
  return lines
}

function nearChanges(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>()
  for (const [index, { op }] of lines.entries()) if (op !== 'same') for (let i = index - CONTEXT; i <= index + CONTEXT; i++) near.add(i)
  return lines.filter((_, index) => near.has(index))
}
