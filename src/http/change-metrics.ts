/** Lag and freshness of registries, and what waits to be determined again, for Prometheus; labels are registries, never persons. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import { type FreshnessNow, stateOf } from '../households/registry-state.ts'
import { waiting } from '../intake/re-evaluation/re-evaluation-store.ts'
import type { Applied } from '../warehouse/changes/apply-changes.ts'
import { registriesNow } from '../warehouse/changes/freshness.ts'

export interface ChangeMetricsDeps {
  readonly database: Database
  readonly freshness: FreshnessNow
  readonly today: () => Promise<number>
}

/** Resolves to what hears of every batch of changes. */
export function createChangeMetrics(registry: Registry, { database: { pool }, freshness, today }: ChangeMetricsDeps) {
  const registers = [registry]
  const events = new Counter({
    name: 'mizan_changes_total',
    help: 'Rows of changes by registry and by what became of them',
    labelNames: ['registry', 'kept'],
    registers,
  })
  const rejected = new Counter({ name: 'mizan_changes_rejected_total', help: 'Changes that were set aside', registers })
  const lag = new Histogram({
    name: 'mizan_change_lag_seconds',
    help: 'From the change in its source to the warehouse, by registry',
    labelNames: ['registry'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600],
    registers,
  })
  // A database that is away leaves the gauges as they were, and /metrics answers all the same.
  new Gauge({
    name: 'mizan_registry_state',
    help: '1 for the state that a registry is in: fresh, grace, stale or missing (never loaded)',
    labelNames: ['registry', 'state'],
    registers,
    async collect() {
      try {
        const [day, now, registries] = await Promise.all([today(), registriesNow(pool), freshness()])
        const asOf = new Map(now.map((one) => [one.registry, one.asOf]))
        for (const one of registries) {
          const is = stateOf(asOf.get(one.registry) ?? null, one, day)
          for (const state of ['fresh', 'grace', 'stale', 'missing']) this.set({ registry: one.registry, state }, state === is ? 1 : 0)
        }
      } catch {
        this.reset()
      }
    },
  })
  new Gauge({
    name: 'mizan_re_evaluations_waiting',
    help: 'Changed persons and loads whose households are to be found, households that are to be determined again, and those given up',
    labelNames: ['what'],
    registers,
    async collect() {
      try {
        for (const [what, count] of Object.entries(await waiting(pool))) this.set({ what }, Number(count))
      } catch {
        this.reset()
      }
    },
  })
  return (applied: Applied, atMs: number): void => {
    for (const { registry: name, written, sourceMs } of applied.registries) {
      for (const kept of ['inserted', 'updated', 'deleted', 'unchanged', 'duplicate', 'old'] as const)
        if (written[kept] > 0) events.inc({ registry: name, kept }, written[kept])
      for (const ms of sourceMs) lag.observe({ registry: name }, Math.max(0, atMs - ms) / 1_000)
    }
    if (applied.counts.rejected > 0) rejected.inc(applied.counts.rejected)
  }
}
