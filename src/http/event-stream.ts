/** Streams of server-sent events: at most so many at a time, one event ahead of its reader, ended when the service stops or the reader may no longer read. */
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { problem } from '../kernel/problem.ts'
import { follow, type Followed } from './follow.ts'
import type { Server } from './server.ts'

const POLL_MS = 500
const HEARTBEAT_MS = 15_000
/** Each is two short queries every half second. */
const STREAMS_MAX = 200

/** What a stream is answered with. */
export const EVENT_STREAM = 'text/event-stream; charset=utf-8'

type Asker = Pick<FastifyRequest, 'mayStill'>

/** Returns what makes a stream of what `read` says, for as long as the asker may use the route. */
export function eventStreams(app: Server): (asker: Asker, read: () => Promise<Followed | null>) => Readable {
  const stopping = new AbortController()
  app.addHook('preClose', async () => stopping.abort())
  let streams = 0
  return (asker, read) => {
    if (streams >= STREAMS_MAX) throw problem('service-overloaded', { retryAfterSeconds: 5 })
    streams++
    // What a slow client has not read is not written, and the next event says how it stands then.
    const mayRead = async (): Promise<Followed | null> => ((await asker.mayStill()) ? read() : null)
    const events = follow(mayRead, { pollMs: POLL_MS, heartbeatMs: HEARTBEAT_MS, signal: stopping.signal })
    const stream = Readable.from(events, { highWaterMark: 1 })
    stream.once('close', () => void streams--)
    return stream
  }
}
