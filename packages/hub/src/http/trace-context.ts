/** The trace that a request belongs to: W3C Trace Context, the header `traceparent`. */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId] = /^([0-9a-f]{2})-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(traceparent) ?? []
  return version === 'ff' || traceId === undefined || /^0+$/.test(traceId) ? undefined : traceId
}
