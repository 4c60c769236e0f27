/** Asks for determinations at a steady rate, in a process of its own, and says on demand how long each answer took. */
import { arrivals, type Call } from './arrivals.ts'

export interface Calling {
  readonly url: string
  readonly key: string
  readonly numbers: readonly string[]
  readonly rate: number
}

let times: number[] = []
let refusedWith: Record<string, number> = {}

process.on('message', (asked: Calling | 'times') => {
  if (asked === 'times') {
    process.send?.({ times, refusedWith })
    times = []
    refusedWith = {}
  } else void keepCalling(asked)
})
process.on('disconnect', () => process.exit())

async function keepCalling({ url, key, numbers, rate }: Calling): Promise<never> {
  let next = 0
  const call = (): Call => ({
    method: 'POST',
    path: '/v1/determinations',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ nationalId: numbers[next++ % numbers.length] }),
  })
  for (;;) {
    const came = await arrivals(url, rate, 1, call)
    times.push(...came.times)
    for (const [status, count] of Object.entries({ ...came.refusedWith, unanswered: came.errors }))
      if (count > 0) refusedWith[status] = (refusedWith[status] ?? 0) + count
  }
}
