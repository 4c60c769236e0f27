/** The page of the reference that lists what a check warns of. */
import { suspicionCodes } from './suspicion-codes.ts'

export const suspicionsPage = (): string =>
  [
    '# Suspicions',
    '',
    'Generated from `src/programmes/suspicions/suspicion-codes.ts` by `npm run mizan -- language`; a test compares the two. Warnings of `mizan check` and of',
    '`POST /v1/drafts/check`: what is allowed and probably not meant. They keep nothing from being submitted. `message` is in English, `messageAr` in Arabic.',
    'What cannot be accepted is on the [page of findings](diagnostics.md).',
    '',
    '| code | meaning | المعنى |',
    '|---|---|---|',
    ...Object.entries(suspicionCodes).map(([code, { en, ar }]) => `| \`${code}\` | ${en} | ${ar} |`),
    '',
  ].join('\n')
