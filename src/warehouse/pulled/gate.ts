/** Lets so many through at one time; the others wait in order, as long as they say. */

export interface Gate {
  /** Resolves to what gives the place back, or null when none came free in time. */
  readonly enter: (waitMs: number) => Promise<(() => void) | null>
}

export function gate(places: number): Gate {
  let free = places
  const waiting: ((place: () => void) => void)[] = []
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next(once(leave))
    else free++
  }
  return {
    enter(waitMs) {
      if (free > 0) {
        free--
        return Promise.resolve(once(leave))
      }
      return new Promise((resolve) => {
        const enter = (place: () => void): void => {
          clearTimeout(timer)
          resolve(place)
        }
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(enter), 1)
          resolve(null)
        }, waitMs)
        waiting.push(enter)
      })
    },
  }
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}
