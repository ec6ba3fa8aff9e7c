import { familiesText, type MetricFamily } from './metric-family.ts'
import { familiesProtobuf, protobufType } from './protobuf-exposition.ts'

/** A page of metrics, and what it is written in. */
export interface Exposition {
  readonly contentType: string
  readonly body: string | Uint8Array
}

/** @param accept what the reader takes: protobuf, with native histograms, when it prefers that to text */
export function expositionOf(families: readonly MetricFamily[], accept: string | undefined): Exposition {
  return prefersProtobuf(accept ?? '')
    ? { contentType: protobufType, body: familiesProtobuf(families) }
    : { contentType: 'text/plain; version=0.0.4', body: familiesText(families) }
}

/** Source: RFC 9110, section 12.5.1. */
function prefersProtobuf(accept: string): boolean {
  let protobuf = 0
  let text = 0
  for (const part of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    if (type === 'application/vnd.google.protobuf' && parameters.includes('encoding=delimited')) protobuf = quality
    else if (type === 'text/plain') text = Math.max(text, quality)
  }
  return protobuf > text
}
