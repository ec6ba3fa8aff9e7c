interface Sample {
  readonly seconds: number
  readonly bytes: number
}

/** How many bytes a second the samples rise: the slope of the line of least squares through them. */
export function growth(samples: readonly Sample[]): number {
  const mean = (pick: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / samples.length
  const seconds = mean((sample) => sample.seconds)
  const bytes = mean((sample) => sample.bytes)
  const covariance = mean((sample) => (sample.seconds - seconds) * (sample.bytes - bytes))
  const variance = mean((sample) => (sample.seconds - seconds) ** 2)
  return covariance / variance
}
