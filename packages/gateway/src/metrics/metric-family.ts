import { Histogram, head, type Labels, metricText, type Sample } from '@waypost/core/metrics'

/** Upper bounds, in milliseconds. */
export const latencyBoundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** The durations of one set of labels. */
export interface LatencySeries {
  readonly labels: Labels
  /** As `Histogram` counts them, by `latencyBoundsMs`. */
  readonly latency: readonly number[]
  /** As `NativeBuckets` counts them. */
  readonly native: readonly number[]
}

/** One metric with all its values, for whichever format is asked for. */
export type MetricFamily = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly series: readonly LatencySeries[] }
)

/** Metrics in Prometheus' text format. */
export function familiesText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('')
}

function familyText(family: MetricFamily): string {
  const { name, help } = family
  if (family.type !== 'histogram') return metricText(name, family.type, help, family.samples)
  const lines = family.series.map(({ labels, latency }) => {
    const histogram = new Histogram(latencyBoundsMs)
    histogram.add(latency)
    return histogram.lines(name, labels)
  })
  return head(name, 'histogram', help) + lines.join('')
}
