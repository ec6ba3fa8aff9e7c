import type { Labels } from '@waypost/core/metrics'
import { type LatencySeries, latencyBoundsMs, type MetricFamily } from './metric-family.ts'
import { nativeSchema, zeroThresholdSeconds } from './native-buckets.ts'
import { delimited, ProtobufWriter } from './protobuf-writer.ts'

/** The media type under which Prometheus asks for native histograms. */
export const protobufType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

const types = { counter: 0, gauge: 1, histogram: 4 } as const

/**
 * Metrics in Prometheus' protobuf format, the only one that carries native histograms. Classic buckets are in it, too,
 * for who wants those.
 *
 * Source: prometheus/client_model, `io/prometheus/client/metrics.proto`.
 */
export function familiesProtobuf(families: readonly MetricFamily[]): Uint8Array {
  return delimited(families.map(familyMessage))
}

function familyMessage(family: MetricFamily): ProtobufWriter {
  const message = new ProtobufWriter().text(1, family.name).text(2, family.help).uint(3, types[family.type])
  if (family.type === 'histogram') {
    for (const series of family.series) message.message(4, labelled(series.labels).message(7, histogramMessage(series)))
    return message
  }
  const field = family.type === 'gauge' ? 2 : 3
  for (const { labels = {}, value } of family.samples) {
    message.message(4, labelled(labels).message(field, new ProtobufWriter().double(1, value)))
  }
  return message
}

function labelled(labels: Labels): ProtobufWriter {
  const message = new ProtobufWriter()
  for (const [name, value] of Object.entries(labels)) {
    message.message(1, new ProtobufWriter().text(1, name).text(2, value))
  }
  return message
}

function histogramMessage({ latency, native }: LatencySeries): ProtobufWriter {
  const [sumMs = 0, count = 0, ...buckets] = latency
  const message = new ProtobufWriter().uint(1, count).double(2, sumMs / 1000)
  let below = 0
  for (const [index, boundMs] of latencyBoundsMs.entries()) {
    below += buckets[index] ?? 0
    message.message(3, new ProtobufWriter().uint(1, below).double(2, boundMs / 1000))
  }
  message
    .sint(5, nativeSchema)
    .double(6, zeroThresholdSeconds)
    .uint(7, native[0] ?? 0)
  const { spans, deltas } = spansOf(native)
  for (const { offset, length } of spans) message.message(12, new ProtobufWriter().sint(1, offset).uint(2, length))
  return message.packedSint(13, deltas)
}

interface Span {
  /** Buckets without a count before it, since the last span; for the first one the index of its first bucket. */
  readonly offset: number
  length: number
}

/** Buckets that follow each other are a span; each count is told as the difference to the one before. */
function spansOf(native: readonly number[]): { spans: readonly Span[]; deltas: readonly number[] } {
  const spans: Span[] = []
  const deltas: number[] = []
  let nextIndex = 0
  let last = 0
  for (let at = 1; at < native.length; at += 2) {
    const index = native[at] ?? 0
    const count = native[at + 1] ?? 0
    const span = spans.at(-1)
    if (span !== undefined && index === nextIndex) span.length += 1
    else spans.push({ offset: index - nextIndex, length: 1 })
    deltas.push(count - last)
    nextIndex = index + 1
    last = count
  }
  return { spans, deltas }
}
