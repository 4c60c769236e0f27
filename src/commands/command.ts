/** What a command of the command line is. */
import { OPERATOR } from '../access/operator.ts'
import type { Config } from '../config.ts'

/** `signal` aborts when the process is asked to stop. */
export interface CommandContext {
  readonly config: Config
  readonly args: readonly string[]
  readonly signal: AbortSignal
}

/** Runs to its end and resolves to the exit code. */
export type Command = (context: CommandContext) => Promise<number>

/** Who acts on the command line, as it is stored with runs and loads and audited: whoever reaches the machine is the operator's. */
export const COMMAND_LINE = { actor: 'command line', entity: OPERATOR } as const

/** Who simulates, fits and tries drafts there: no grant limits the machine, so what it stored is no entity's. No id of an entity has a space. */
export const OF_NO_ENTITY = { actor: 'command line', entity: 'command line' } as const

/** Writes one line for the person at the terminal, in English and Arabic. */
export const tell = (en: string, ar: string): void => void process.stdout.write(`${en}\n${ar}\n`)
