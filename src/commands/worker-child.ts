/** The worker that the service starts beside itself: begun again when it dies, ended with the service however that ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface WorkerChild {
  /** Asks it to stop, and ends it after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<void>
}

export interface ChildLog {
  readonly warn: (fields: object, message: string) => void
}

const AGAIN_MS = 1_000
const AGAIN_MAX_MS = 30_000
/** Who lived that long is begun again at once. */
const SOUND_MS = 60_000

export function startWorkerChild(log: ChildLog): WorkerChild {
  const stopping = new AbortController()
  let child: ChildProcess | null = null
  const keep = async (): Promise<void> => {
    for (let wait = AGAIN_MS; !stopping.signal.aborted; wait = Math.min(2 * wait, AGAIN_MAX_MS)) {
      const started = performance.now()
      child = spawnWorker()
      const [code, signal] = (await once(child, 'exit').catch(() => [null, null])) as [number | null, string | null]
      child = null
      if (stopping.signal.aborted) return
      if (performance.now() - started > SOUND_MS) wait = AGAIN_MS
      log.warn({ code, signal, againMs: wait }, 'the worker ended and is started again')
      await sleep(wait, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  }
  const kept = keep()
  return {
    stop: async (graceMs) => {
      stopping.abort()
      child?.kill('SIGTERM')
      const timer = setTimeout(() => child?.kill('SIGKILL'), graceMs)
      await kept
      clearTimeout(timer)
    },
  }
}

/**
 * The same program by the same Node; its channel to us breaks when we are killed, which ends it. In a session of its own it is weighed
 * apart from us, and Ctrl-C in a terminal reaches it once, by us.
 */
function spawnWorker(): ChildProcess {
  const script = process.argv[1] as string
  return spawn(process.execPath, [...process.execArgv, script, 'worker'], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}
