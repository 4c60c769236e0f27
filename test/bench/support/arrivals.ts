/**
 * Requests that arrive at random moments at a given mean rate, whether or not earlier ones were answered (an open loop,
 * Poisson arrivals from a seed). A time counts from the moment a request was due, so that a service that falls behind is
 * charged for the wait. autocannon's own rate sends each second's share at once, which measures its bursts.
 */
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Call {
  readonly method: 'POST' | 'GET'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Arrived {
  /** Milliseconds from due to answered, of answers with a 2xx status. */
  readonly times: readonly number[]
  readonly refused: number
  /** How often, by status: a person in two homes is refused on an idle machine too. */
  readonly refusedWith: Readonly<Record<number, number>>
  readonly errors: number
}

export async function arrivals(url: string, rate: number, seconds: number, next: () => Call): Promise<Arrived> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const random = seeded(1)
  const times: number[] = []
  const refusedWith: Record<number, number> = {}
  let errors = 0
  const pending: Promise<void>[] = []
  const start = performance.now()
  let due = start
  for (;;) {
    due += (-Math.log(1 - random()) * 1000) / rate
    if (due > start + seconds * 1000) break
    const wait = due - performance.now()
    if (wait > 0.5) await sleep(wait)
    const at = due
    pending.push(
      answered(agent, url, next()).then(
        (status) => {
          if (status >= 200 && status < 300) times.push(performance.now() - at)
          else refusedWith[status] = (refusedWith[status] ?? 0) + 1
        },
        () => void errors++,
      ),
    )
  }
  await Promise.all(pending)
  agent.destroy()
  return { times, refused: sum(refusedWith), refusedWith, errors }
}

const answered = (agent: Agent, url: string, { body, ...options }: Call): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      url + options.path,
      { agent, ...options, headers: { ...options.headers, 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

const sum = (counts: Readonly<Record<number, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0)

/** Park and Miller's generator: the same arrivals in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
