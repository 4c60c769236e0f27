/** How far a run is, for the person at the terminal: one bar that moves, or a line for each stage where nobody watches. */
import type { OnProgress, RunStage } from '../targeting/run/perform-run.ts'

const stages: Readonly<Record<RunStage, readonly [en: string, ar: string]>> = {
  waiting: ['waiting for another run', 'بانتظار عملية تشغيل أخرى'],
  replica: ['columnar replica', 'النسخة العمودية'],
  relatives: ['relatives', 'الأقارب'],
  facts: ['facts', 'المتغيّرات'],
  open: ['columns in memory', 'تحميل الأعمدة'],
  score: ['scores', 'الدرجات'],
  judge: ['rules', 'القواعد'],
  select: ['selection', 'الاختيار'],
  publish: ['lists', 'القوائم'],
}

const WIDTH = 30

export interface Progress {
  readonly onProgress: OnProgress
  /** Ends the line that the bar stands on. */
  readonly end: () => void
}

export function runProgress(out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>): Progress {
  const started = performance.now()
  const elapsed = (): string => `${((performance.now() - started) / 1_000).toFixed(1).padStart(7)} s`
  return out.isTTY ? bar(out, elapsed) : lines(out, elapsed)
}

function bar(out: Pick<NodeJS.WriteStream, 'write'>, elapsed: () => string): Progress {
  let now: RunStage | null = null
  return {
    onProgress: (stage, done, total) => {
      if (now !== null && now !== stage) out.write('\n')
      now = stage
      const filled = Math.floor((WIDTH * done) / total)
      const [en, ar] = stages[stage]
      out.write(
        `\r\u001b[2K${elapsed()}  ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor((100 * done) / total)).padStart(3)}%  ${en} · ${ar}`,
      )
    },
    end: () => void (now === null || out.write('\n')),
  }
}

function lines(out: Pick<NodeJS.WriteStream, 'write'>, elapsed: () => string): Progress {
  let now: RunStage | null = null
  return {
    onProgress: (stage) => {
      if (now === stage) return
      now = stage
      out.write(`${elapsed()}  ${stages[stage].join(' / ')}\n`)
    },
    end: () => undefined,
  }
}
