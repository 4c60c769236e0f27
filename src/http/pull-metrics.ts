/** Calls of the service bus for Prometheus: how they went, how long they took, and which circuits are open; labels are registries, never persons. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Puller, PullerDeps } from '../warehouse/pulled/puller.ts'

/** What hears of each call; `watch` adds the states of a puller's circuits. */
export function createPullMetrics(registry: Registry): {
  readonly onAsked: NonNullable<PullerDeps['onAsked']>
  readonly watch: (puller: Puller) => void
} {
  const registers = [registry]
  const calls = new Counter({
    name: 'mizan_pulled_calls_total',
    help: 'Questions about persons to registries that are asked live, by what became of them',
    labelNames: ['registry', 'outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'mizan_pulled_call_seconds',
    help: 'From the question to the answer or to giving up, by registry',
    labelNames: ['registry'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  return {
    onAsked(name, outcome, took) {
      calls.inc({ registry: name, outcome })
      seconds.observe({ registry: name }, took)
    },
    watch(puller) {
      new Gauge({
        name: 'mizan_pulled_circuit_state',
        help: '1 for the state that the circuit to a registry is in: closed, half-open or open',
        labelNames: ['registry', 'state'],
        registers,
        collect() {
          for (const [name, is] of puller.circuits())
            for (const state of ['closed', 'half-open', 'open']) this.set({ registry: name, state }, state === is ? 1 : 0)
        },
      })
    },
  }
}
