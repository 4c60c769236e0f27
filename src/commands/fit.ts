/** `mizan fit <request.json> --sample <file.csv>`: a formula fitted in this process on a sample that is stored with it; writes the result as JSON. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { recordEvent } from '../audit/audit-event.ts'
import type { Database } from '../db/database.ts'
import { currentDay } from '../determinations/as-of.ts'
import { Problem } from '../kernel/problem.ts'
import { loadShippedVersions } from '../programmes/load-shipped.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { versionsOf } from '../programmes/versions-in-force.ts'
import { readFit, readFitResult, storeFit, type StoredFit } from '../simulation/fits/fit-store.ts'
import { performFit } from '../simulation/fits/perform-fit.ts'
import { newFit } from '../simulation/fits/request-fit.ts'
import { fitAnswer } from '../simulation/fits/schema.ts'
import type { StoredSample } from '../simulation/reference/sample-store.ts'
import { type Command, tell, OF_NO_ENTITY } from './command.ts'
import { declarationPath } from './declaration-path.ts'
import { problemText } from './problem-text.ts'
import { readDeclaration, storeSampleFile } from './store-sample.ts'
import { withDatabase } from './with-database.ts'

const purpose = 'fitting a formula on households whose welfare a survey measured'

export const fit: Command = async (context) => {
  const asked = askedFor(context.args)
  const request: unknown = JSON.parse(readFileSync(asked.file, 'utf8'))
  const declaration = readDeclaration(asked.declaration)
  return withDatabase(context, async (database, ready) => {
    ready()
    await loadShippedVersions(database)
    try {
      const bundle = await versionsOf(database).inForce(await currentDay(database.pool, context.config.timeZone))
      const sample = await storeSampleFile(
        database,
        context.config,
        { file: asked.sample, declaration, who: OF_NO_ENTITY, purpose },
        bundle,
      )
      const stored = await fitted(database, { file: asked.file, request, sample, bundle }, context.signal)
      const answer = fitAnswer(stored, sample, await readFitResult(database.pool, stored.id))
      const text = `${JSON.stringify(answer, null, 2)}\n`
      if (asked.out === undefined) process.stdout.write(text)
      else {
        writeFileSync(asked.out, text)
        tell(`Fit ${stored.id} completed; manifest ${stored.manifestHash}.`, `اكتمل التقدير ${stored.id}؛ البيان ${stored.manifestHash}.`)
      }
      return 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw new Error(problemText(error), { cause: error })
    }
  })
}

interface Fitting {
  readonly file: string
  readonly request: unknown
  readonly sample: StoredSample
  readonly bundle: Bundle
}

async function fitted(database: Database, { file, request, sample, bundle }: Fitting, signal: AbortSignal): Promise<StoredFit> {
  const made = newFit({ ...OF_NO_ENTITY, name: file.slice(-200), sampleId: sample.id, versionSet: bundle.hash, request })
  await database.transaction(async ({ client }) => {
    await storeFit(client, made, null)
    const objects = [`fit:${made.id}`, `reference-sample:${sample.id}`]
    await recordEvent(client, { ...OF_NO_ENTITY, action: 'fit.requested', purpose, requestId: made.id, outcome: 'queued', objects })
  })
  await performFit(database, made.id, { onProgress: () => undefined, signal })
  return (await readFit(database.pool, made.id)) as StoredFit
}

function askedFor(args: readonly string[]): {
  readonly file: string
  readonly sample: string
  readonly declaration: string
  readonly out: string | undefined
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { sample: { type: 'string' }, declaration: { type: 'string' }, out: { type: 'string' } },
  })
  const [file] = positionals
  const { sample, out } = values
  if (file === undefined || positionals.length > 1 || sample === undefined)
    throw new Error('mizan fit <request.json> --sample <file.csv> [--declaration <file.json>] [--out <file>]')
  return { file, sample, declaration: values.declaration ?? declarationPath(sample), out }
}
