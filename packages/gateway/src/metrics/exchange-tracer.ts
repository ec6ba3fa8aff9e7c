import type { ObservedExchange } from '../proxy/gateway-core.ts'
import type { RequestFacts } from '../request/request-facts.ts'

/** Makes a span of every request. */
export interface ExchangeTracer {
  begin(request: RequestFacts, requestId: string): ObservedExchange
}
