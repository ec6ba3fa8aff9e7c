import type { ExchangeRecord } from '../proxy/exchange-record.ts'

/** An ordinary request that went well, but for what the test says. */
export function recordOf(changes: Partial<ExchangeRecord>): ExchangeRecord {
  return {
    requestId: 'r',
    protocol: '1.1',
    method: 'GET',
    scheme: 'http',
    host: 'a',
    path: '/',
    clientAddress: '127.0.0.1',
    route: 'shop',
    service: undefined,
    instance: undefined,
    reason: undefined,
    tries: 1,
    status: 200,
    code: undefined,
    subject: undefined,
    durationMs: 1,
    upstreamMs: undefined,
    bytesReceived: 0,
    bytesSent: 0,
    ...changes,
  }
}
