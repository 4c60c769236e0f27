/** Sum of weights, and the mean of weighted values. */

export const totalOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0)

export const weightedMean = (values: Float64Array, weights: Float64Array): number =>
  values.reduce((sum, value, row) => sum + value * (weights[row] as number), 0) / totalOf(weights)
