/** Deals clusters out to the folds of a cross-validation, stratum by stratum, by a seed. */
import { hash } from 'node:crypto'
import type { Clusters } from './sampling-design.ts'

/**
 * Fold of each row. Within a stratum clusters are ordered by SHA-256 of `seed:name` and dealt one by one; the next stratum
 * goes on where the last one stopped, so that folds differ by one cluster at most and each stratum is spread over them.
 * INVARIANT: all rows of a cluster are in one fold.
 */
export function foldsOf({ clusterOf, stratumOf, clusterNames }: Clusters, folds: number, seed: string): Int32Array {
  const digests = clusterNames.map((name) => hash('sha256', `${seed}:${name}`))
  const byDigest = (a: number, b: number): number => ((digests[a] as string) < (digests[b] as string) ? -1 : 1)
  const dealt = [...stratumOf.keys()].toSorted((a, b) => (stratumOf[a] as number) - (stratumOf[b] as number) || byDigest(a, b))
  const foldOfCluster = new Int32Array(stratumOf.length)
  dealt.forEach((cluster, place) => void (foldOfCluster[cluster] = place % folds))
  return clusterOf.map((cluster) => foldOfCluster[cluster] as number)
}
