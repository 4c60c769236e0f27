/** Starts the embedded server again when it ends without having been told to; requests meanwhile are answered 503. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Launcher {
  readonly launch: () => ChildProcess
  /** Resolves when the server accepts connections, rejects when it ended before. */
  readonly ready: (child: ChildProcess) => Promise<unknown>
  readonly stop: (child: ChildProcess) => Promise<void>
  /** Whether some server holds the folder just now: a dying one, or another process's. */
  readonly isHeld: () => boolean
}

const PAUSE_MS = 500

/** Watches `first`, which is ready, until the returned function stops whatever runs then. */
export function keepRunning(first: ChildProcess, { launch, ready, stop, isHeld }: Launcher): () => Promise<void> {
  let child = first
  let stopping = false
  const watch = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) void revive()
    else child.once('exit', () => void revive())
  }
  const revive = async (): Promise<void> => {
    for (;;) {
      if (stopping) return
      await sleep(PAUSE_MS, undefined, { ref: false })
      if (stopping || isHeld()) continue
      child = launch()
      if (
        await ready(child).then(
          () => true,
          () => false,
        )
      )
        return watch()
    }
  }
  watch()
  return () => {
    stopping = true
    return stop(child)
  }
}
