/** Bodies that may take longer than any other request: bounded by silence instead of by their whole length. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { problem } from '../kernel/problem.ts'

/** A sender that says nothing for so long is gone. */
const SILENCE_MS = 60_000

const uploading = new WeakSet<Socket>()

/** Whether the time limit of a request does not hold for what this socket sends now. */
export const isLongUpload = (socket: Socket): boolean => uploading.has(socket)

/** A request that is injected has no real socket. */
const quiet = (socket: Partial<Socket>, ms: number): void => void socket.setTimeout?.(ms)

/** The pieces of a body; taken one after another, so that a slow reader slows the sender. Throws `load-interrupted` when the sender hangs up. */
export async function* longUpload(raw: IncomingMessage): AsyncGenerator<Uint8Array> {
  const { socket } = raw
  uploading.add(socket)
  quiet(socket, SILENCE_MS)
  try {
    for await (const piece of raw) yield piece as Uint8Array
    // What is done with the body now takes as long as it takes.
    quiet(socket, 0)
  } catch {
    throw problem('load-interrupted')
  } finally {
    uploading.delete(socket)
  }
  if (raw.complete === false) throw problem('load-interrupted')
}
