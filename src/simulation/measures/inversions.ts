/** Pairs that stand in the wrong order in a list of whole numbers, counted by sorting it: little work where the list is nearly in order. */

const BLOCK = 16

/** How many pairs i < j have values[i] > values[j]; sorts `values` in place. n log n at most, n where it is sorted. Source: Knight 1966. */
export function inversions(values: Int32Array): number {
  const { length } = values
  let found = 0
  for (let start = 0; start < length; start += BLOCK) found += insertionSort(values, start, Math.min(start + BLOCK, length))
  const spare = new Int32Array(length)
  for (let width = BLOCK; width < length; width *= 2)
    for (let start = 0; start + width < length; start += 2 * width)
      found += merge(values, spare, start, start + width, Math.min(start + 2 * width, length))
  return found
}

function insertionSort(values: Int32Array, start: number, end: number): number {
  let moved = 0
  for (let i = start + 1; i < end; i++) {
    const value = values[i] as number
    let place = i
    for (; place > start && (values[place - 1] as number) > value; place--) values[place] = values[place - 1] as number
    values[place] = value
    moved += i - place
  }
  return moved
}

/** Only what overlaps is merged: nothing of the left part that the right one does not undercut. */
function merge(values: Int32Array, spare: Int32Array, start: number, middle: number, end: number): number {
  const least = values[middle] as number
  if ((values[middle - 1] as number) <= least) return 0
  let from = firstAbove(values, start, middle, least)
  const left = middle - from
  spare.set(values.subarray(from, middle))
  let found = 0
  let i = 0
  let right = middle
  while (i < left && right < end) {
    const own = spare[i] as number
    const other = values[right] as number
    if (own <= other) {
      values[from++] = own
      i++
    } else {
      values[from++] = other
      right++
      found += left - i
    }
  }
  // What is left of the right part stands where it belongs.
  values.set(spare.subarray(i, left), from)
  return found
}

/** The first place from `start` on of a value above `bound`; `end` where there is none. */
function firstAbove(sorted: Int32Array, start: number, end: number, bound: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) <= bound) low = middle + 1
    else high = middle
  }
  return low
}
