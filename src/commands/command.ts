/** What a command of the command line is. */
import type { Config } from '../config.ts'

/** `signal` aborts when the process is asked to stop. */
export interface CommandContext {
  readonly config: Config
  readonly args: readonly string[]
  readonly signal: AbortSignal
}

/** Runs to its end and resolves to the exit code. */
export type Command = (context: CommandContext) => Promise<number>

/** Writes one line for the person at the terminal, in English and Arabic. */
export const tell = (en: string, ar: string): void => void process.stdout.write(`${en}\n${ar}\n`)
