/** Work in the background yields the processors to whoever waits for an answer. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/**
 * Gives this process at least that niceness (0: leaves it as it is). On Linux each thread has its own: the caller's comes first, since
 * threads that start from now on have that of whoever starts them; then V8's and libuv's, which are there already. Elsewhere it is the process's.
 */
export function lowerPriority(niceness: number): void {
  // Never back up: whoever started us nicer meant it, and the system would refuse.
  if (niceness <= getPriority()) return
  setPriority(niceness)
  for (const thread of otherThreads()) lowerThread(thread, niceness)
  if (leadsItsSession()) lowerSession(niceness)
}

/** None where the system does not tell them. */
function otherThreads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return []
  }
}

function lowerThread(thread: number, niceness: number): void {
  try {
    setPriority(thread, niceness)
  } catch (error) {
    // It ended meanwhile.
    if ((error as { info?: { code?: string } }).info?.code !== 'ESRCH') throw error
  }
}

/** A session that somebody else began, such as that of a terminal, is not ours to slow down. */
function leadsItsSession(): boolean {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8')
    // Behind the name, which is in brackets and may hold anything: state, parent, group, session.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]) === process.pid
  } catch {
    return false
  }
}

/** Linux with autogroups shares the processors among sessions first, and weighs niceness only within one. */
function lowerSession(niceness: number): void {
  try {
    writeFileSync('/proc/self/autogroup', String(niceness))
  } catch {
    // A system without them weighs all threads against each other.
  }
}
