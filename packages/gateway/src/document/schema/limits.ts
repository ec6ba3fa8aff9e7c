import { fields, flag, headerName, list, oneOf, type Schema, text, whole } from './fields.ts'

const milliseconds = (description: string, more: Readonly<Record<string, number>> = {}): Schema =>
  whole(`${description} In milliseconds.`, 1, { maximum: 86_400_000, ...more })

const countBy = (fallback: string): Schema => ({
  description:
    'Which requests share a limit: all of the `route`, those of one `client-address` (one /64 network for IPv6), of one `identity` that an earlier policy found (otherwise of one address), or those with the same value of a `header`.',
  default: fallback,
  anyOf: [
    { enum: ['route', 'client-address', 'identity'] },
    { type: 'object', additionalProperties: false, required: ['header'], properties: { header: headerName } },
  ],
  errorMessage: 'It is route, client-address, identity, or { header: <name> }.',
})

export const rateSchema: Schema = fields(
  'Limits the rate of requests. Requests above it are answered with 429 and `Retry-After`.',
  {
    limit: whole('How many requests are allowed in an interval.', 1),
    intervalMs: milliseconds('The interval.', { default: 1_000 }),
    burst: whole('How many requests may come at once after an idle time. Default: `limit`.', 1),
    by: countBy('client-address'),
    shared: flag(
      'Whether all gateways count together, through the store. Otherwise each gateway allows the limit. While the store is unreachable, each gateway counts on its own.',
      false,
    ),
  },
  { required: ['limit'] },
)

export const concurrencySchema: Schema = fields(
  'How many requests may be in progress at a time. Further requests wait in a queue, and are answered with 503 and `Retry-After` when the queue is full or they have waited too long.',
  {
    max: whole('How many requests may be in progress in one gateway process.', 1),
    by: countBy('route'),
    queue: whole('How many may wait.', 0, { default: 0 }),
    queueMs: milliseconds('How long a request may wait.', { default: 1_000 }),
  },
  { required: ['max'] },
)

export const limitsSchema: Schema = fields('Limits for requests.', {
  bodyBytes: whole('The size of a request body in bytes. Larger ones are answered with 413. Default: no limit.', 0),
  rate: rateSchema,
  concurrency: concurrencySchema,
})

export const timeoutsSchema: Schema = fields(
  'How long each part of an exchange may take. 0 is not allowed: omit a field for its default.',
  {
    connectMs: milliseconds('Until a connection to the instance stands; else 504.', { default: 2_000 }),
    headersMs: milliseconds('From the end of the request to the head of the answer; otherwise 504.', {
      default: 30_000,
    }),
    idleMs: milliseconds('Between two pieces of a body, in either direction.', { default: 60_000 }),
    tryMs: milliseconds(
      'One attempt, to the head of its answer; then the next attempt begins. Default: no separate limit.',
    ),
    totalMs: milliseconds(
      'The whole exchange with all attempts; otherwise 504. It also ends WebSockets and event streams. Default: no limit.',
    ),
  },
)

export const retriesSchema: Schema = fields(
  'When a request is tried again, on another instance. A request that was provably not sent is always tried again; one that was sent only if its method allows it and nothing of the answer has come.',
  {
    attempts: whole('How many attempts after the first; 0 for none.', 0, { maximum: 10, default: 2 }),
    on: list(
      'What is retried: `connect` (no connection), `reset` (the connection broke), `timeout` (`tryMs` was over), or a status of the answer.',
      { enum: ['connect', 'reset', 'timeout', '502', '503', '504'] },
      { default: ['connect', 'reset', '503'], uniqueItems: true },
    ),
    methods: list(
      'The methods of requests that may be sent twice.',
      { type: 'string', pattern: '^[A-Z]{1,32}$', errorMessage: 'A method is written in capital letters.' },
      { default: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'] },
    ),
    budgetPercent: whole('How many retries there may be for 100 requests to a target.', 0, {
      maximum: 100,
      default: 20,
    }),
    budgetMinPerSecond: whole('How many retries there may be in each second however few the requests are.', 0, {
      default: 10,
    }),
  },
)

export const breakerSchema: Schema = fields(
  'Stops sending to a target that fails. While it is open, requests get the `fallback`, or 503.',
  {
    failurePercent: whole('The share of failed requests that opens the breaker.', 1, { maximum: 100, default: 50 }),
    minRequests: whole('With fewer requests in the window, the breaker stays closed.', 1, { default: 20 }),
    windowMs: milliseconds('The time over which requests are counted.', { default: 10_000 }),
    openMs: milliseconds('How long it stays open before one request is let through to try.', { default: 5_000 }),
  },
)

export const headerEditsSchema = (description: string): Schema =>
  fields(`${description} Headers are removed first, then set, then added.`, {
    remove: list('Headers to remove.', headerName),
    set: { ...headerMap, description: 'Headers to set, replacing existing ones.' },
    add: { ...headerMap, description: 'Headers to add to those of the same name.' },
  })

const headerMap: Schema = {
  type: 'object',
  propertyNames: headerName,
  additionalProperties: {
    type: 'string',
    maxLength: 8_192,
    pattern: '^[\\t -~\\u0080-\\u00ff]*$',
    errorMessage: 'A header cannot hold these characters.',
  },
}

export const hostSchema: Schema = text(
  'The `Host` that the instance sees: `client` for what the client sent, `instance` for the address of the instance, or a name.',
  {
    default: 'client',
    pattern: '^[\\w.-]+(:\\d{1,5})?$',
    errorMessage: 'It is client, instance, or the name of a host.',
  },
)

export const protocolSchema: Schema = oneOf(
  'How requests are sent: `http1`, `h2c` (HTTP/2 without TLS), or `auto`: h2c for gRPC and for instances with the scheme `h2c` or `grpc`, else HTTP/1.1.',
  ['auto', 'http1', 'h2c'],
  'auto',
)
