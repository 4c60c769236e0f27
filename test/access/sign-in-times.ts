/** How long signing in takes for each of some names, asked in turns so that what else the machine does falls on all alike. */

/** Medians in ms. */
export async function signingTimes<K extends string>(
  ask: (login: string) => Promise<unknown>,
  logins: Readonly<Record<K, string>>,
  rounds: number,
): Promise<Record<K, number>> {
  const times = new Map<K, number[]>()
  const kinds = Object.entries(logins) as [K, string][]
  for (let round = 0; round < rounds; round++) {
    for (const [kind, login] of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const started = performance.now()
      await ask(login)
      times.set(kind, [...(times.get(kind) ?? []), performance.now() - started])
    }
  }
  const median = (list: readonly number[]): number =>
    Math.round(100 * (list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0)) / 100
  return Object.fromEntries(kinds.map(([kind]) => [kind, median(times.get(kind) ?? [])])) as Record<K, number>
}
