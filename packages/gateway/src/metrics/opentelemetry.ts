import { context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { ExchangeTracer } from './exchange-tracer.ts'

/**
 * A span of kind server for each request, a child of the client's, and `traceparent` for the instance. Attributes
 * follow OpenTelemetry's conventions for HTTP; queries and headers are not among them.
 *
 * @example
 * ```ts static
 * import { createGateway } from '@waypost/gateway'
 * import { openTelemetryTracer } from '@waypost/gateway/opentelemetry'
 * const gateway = await createGateway({ waypost, tracer: openTelemetryTracer() })
 * ```
 */
export function openTelemetryTracer(tracer: Tracer = trace.getTracer('@waypost/gateway')): ExchangeTracer {
  return {
    begin: (request, requestId) => {
      const parent = propagation.extract(context.active(), request.headers)
      const attributes = {
        'http.request.method': request.method,
        'url.scheme': request.scheme,
        'url.path': request.path,
        'server.address': request.host,
        'client.address': request.clientAddress,
        'waypost.request_id': requestId,
      }
      const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent)
      const carrier: Record<string, string> = {}
      propagation.inject(trace.setSpan(parent, span), carrier)
      return { headers: Object.entries(carrier), end: (record) => end(span, record) }
    },
  }
}

type Ended = Parameters<ReturnType<ExchangeTracer['begin']>['end']>[0]

function end(span: Span, { method, status, route, service, instance, code, tries }: Ended): void {
  if (route !== undefined) {
    span.updateName(`${method} ${route}`)
    span.setAttribute('http.route', route)
  }
  if (service !== undefined) span.setAttribute('waypost.service', service)
  if (instance !== undefined) span.setAttribute('waypost.instance', instance)
  span.setAttribute('http.response.status_code', status)
  span.setAttribute('waypost.tries', tries)
  if (code !== undefined) span.setAttribute('error.type', code)
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: code ?? String(status) })
  span.end()
}
