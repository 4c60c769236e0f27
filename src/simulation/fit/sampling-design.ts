/** Clusters and strata of the rows of a fit, as positions. */
import type { ReferenceSample } from './reference-sample.ts'

export interface Clusters {
  /** Cluster of each row, from 0 in the order of names; a sample without clusters has one for each row. */
  readonly clusterOf: Int32Array
  /** Stratum of each cluster, from 0; 0 for all where the sample has none. */
  readonly stratumOf: Int32Array
  /** Names of the clusters within their strata: the same for the same rows, whatever their order. */
  readonly clusterNames: readonly string[]
}

/** INVARIANT: the rows come in the order of `contentOrder`, so that positions follow from content. */
export function clustersOf(sample: ReferenceSample, rows: Int32Array): Clusters {
  const clusters = new Map<string, number>()
  const strata = new Map<string, number>()
  const stratumOf: number[] = []
  const clusterOf = rows.map((row, place) => {
    const stratum = sample.strata?.[row] ?? ''
    // A name within a stratum, unambiguous because it is JSON; numbers of rows where the sample has no clusters.
    const name = JSON.stringify([stratum, sample.clusters?.[row] ?? place])
    const known = clusters.get(name)
    if (known !== undefined) return known
    const position = clusters.size
    clusters.set(name, position)
    if (!strata.has(stratum)) strata.set(stratum, strata.size)
    stratumOf.push(strata.get(stratum) as number)
    return position
  })
  return { clusterOf, stratumOf: Int32Array.from(stratumOf), clusterNames: [...clusters.keys()] }
}
