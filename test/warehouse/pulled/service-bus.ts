/** A service bus that answers as it is told to: by person, late, wrongly or not at all; and remembers how it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export type Mode = 'well' | 'late' | 'failing' | 'garbage' | 'wrong-row' | 'huge' | 'elsewhere' | 'hangs-up' | 'not-found'

export interface ServiceBus {
  readonly url: string
  readonly hives: Map<string, number>
  readonly asked: { readonly url: string; readonly headers: string; readonly number: string }[]
  mode: Mode
  /** Calls under way, and the most there ever were. */
  under: number
  most: number
}

export async function serviceBus(t: Pick<Test, 'teardown'>): Promise<ServiceBus> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))))
  const bus: ServiceBus = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hives: new Map(),
    asked: [],
    mode: 'well',
    under: 0,
    most: 0,
  }
  const ways: Record<Mode, (number: string, response: ServerResponse) => void> = {
    well: (number, response) => {
      const hives = bus.hives.get(number)
      json(response, { status: 'OK', result: hives === undefined ? null : { counts: { hives }, counted_on: '2026-09-01' } })
    },
    late: (number, response) => void setTimeout(() => ways.well(number, response), 10_000).unref(),
    failing: (_number, response) => response.writeHead(500).end('no'),
    garbage: (_number, response) => response.end('<html>'),
    'wrong-row': (_number, response) => json(response, { result: { counts: { hives: -1 }, counted_on: '2026-09-01' } }),
    huge: (_number, response) => response.end(`{"result":"${'x'.repeat(2 << 20)}"}`),
    elsewhere: (_number, response) => response.writeHead(307, { location: `${bus.url}/bka/beehives` }).end(),
    'hangs-up': (_number, response) => response.destroy(),
    'not-found': (_number, response) => response.writeHead(404).end(),
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    bus.most = Math.max(bus.most, ++bus.under)
    response.on('close', () => bus.under--)
    let body = ''
    for await (const part of request) body += String(part)
    const { nationalNo } = JSON.parse(body) as { nationalNo: string }
    bus.asked.push({ url: request.url ?? '', headers: JSON.stringify(request.headers), number: nationalNo })
    // Long enough for those who ask together to meet.
    setTimeout(() => ways[bus.mode](nationalNo, response), 20)
  }
  return bus
}

const json = (response: ServerResponse, body: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
