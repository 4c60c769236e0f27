/** `mizan reference-sample`: draws a sample of the synthetic population as CSV, with its declaration beside it. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Problem } from '../kernel/problem.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import { drawSample, type Drawing } from '../simulation/reference/draw-sample.ts'
import { type Command, tell } from './command.ts'
import { declarationPath } from './declaration-path.ts'
import { laboratoryDeps } from './laboratory-deps.ts'
import { problemText } from './problem-text.ts'
import { withDatabase } from './with-database.ts'

export const referenceSample: Command = async (context) => {
  const { out, ...drawing } = askedFor(context.args)
  return withDatabase(context, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    try {
      const { lines, declaration, frame } = await drawSample(laboratoryDeps(database, context.config), drawing)
      writeFileSync(out, `${lines.join('\n')}\n`)
      writeFileSync(declarationPath(out), `${JSON.stringify(declaration, null, 2)}\n`)
      const drawn = lines.length - 1
      tell(
        `Drew ${drawn} of ${frame} synthetic households into ${out}; the declaration of its columns is ${declarationPath(out)}. It says nothing about Jordan.`,
        `سُحبت ${drawn} من ${frame} أسرة اصطناعية إلى ${out}، والتصريح بأعمدتها في ${declarationPath(out)}. لا تدل على شيء عن الأردن.`,
      )
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw new Error(problemText(error), { cause: error })
    }
  })
}

function askedFor(args: readonly string[]): Drawing & { readonly out: string } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      households: { type: 'string' },
      facts: { type: 'string' },
      out: { type: 'string' },
      run: { type: 'string' },
      seed: { type: 'string' },
      'assume-answers': { type: 'boolean' },
    },
  })
  const { households = '', facts = '', out = '', run = 'latest', seed = '1' } = values
  const named = facts.split(',').filter((fact) => fact !== '')
  if (!/^\d{1,6}$/.test(households) || named.length === 0 || !out.endsWith('.csv'))
    throw new Error('mizan reference-sample --households N --facts a,b,c --out FILE.csv [--run RUN] [--seed WORD] [--assume-answers]')
  return { households: Number(households), facts: [...new Set(named)], out, run, seed, assume: values['assume-answers'] === true }
}
