import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { EtcdTracer } from './tracer.ts'

/**
 * Spans for the option `tracer`, of kind client and named after the gRPC method; children of whatever span is active
 * where the call is made. Reads of the same turn travel together and share one. Attributes follow OpenTelemetry's
 * conventions for RPC; there are no keys or values among them.
 */
export function openTelemetryTracer(tracer: Tracer = trace.getTracer('@waypost/client')): EtcdTracer {
  return {
    startCall: (service, method) => {
      const span = tracer.startSpan(`${service}/${method}`, {
        kind: SpanKind.CLIENT,
        attributes: { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method },
      })
      return {
        end: (error) => {
          if (error !== undefined) {
            span.setAttribute('error.type', error.code)
            if (error.endpoint !== undefined) span.setAttribute('server.address', error.endpoint)
            span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
          }
          span.end()
        },
      }
    },
  }
}
