/** Counters and times for Prometheus; labels are route patterns, codes and programme ids, never a person. */
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../db/database.ts'

export interface Metrics {
  readonly registry: Registry
  readonly outcomes: Counter<'programme' | 'outcome'>
}

export function createMetrics(database: Database): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'mizan_database_connections',
    help: 'Connections of the pool',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = database.pool
      this.set({ state: 'open' }, totalCount)
      this.set({ state: 'idle' }, idleCount)
      this.set({ state: 'waiting' }, waitingCount)
    },
  })
  return {
    registry,
    outcomes: new Counter({
      name: 'mizan_determinations_total',
      help: 'Determinations by programme and outcome; outcome="withheld" is an alarm',
      labelNames: ['programme', 'outcome'],
      registers: [registry],
    }),
  }
}

export function registerMetrics(app: FastifyInstance, { registry }: Metrics): void {
  const seconds = new Histogram({
    name: 'mizan_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  const schema = { summary: 'Metrics for Prometheus', tags: ['service'], description: 'Text exposition format.' }
  app.get('/metrics', { config: { permission: 'public' }, schema }, async (_request, reply) => {
    return reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics())
  })
}
