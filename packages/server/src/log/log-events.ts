export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

interface LogEvent {
  readonly level: LogLevel
  readonly message: string
}

/**
 * Every line that the server logs, by its id. `docs/reference/logs.md` documents the same set; a test holds the two
 * together.
 */
export const logEvents = {
  'store-recovered': { level: 'info', message: 'The data is there.' },
  'server-started': { level: 'info', message: 'The server listens.' },
  'server-stopped': { level: 'info', message: 'The server has stopped.' },
  'certificates-reloaded': { level: 'info', message: 'The certificates were reloaded.' },
  'certificate-expires': { level: 'warn', message: 'The certificate expires soon; clients will then refuse it.' },
  'slow-request': { level: 'warn', message: 'A request was slow.' },
  'login-refused': { level: 'warn', message: 'A login was refused.' },
  'token-refused': { level: 'warn', message: 'A token was refused.' },
  'permission-denied': { level: 'warn', message: 'A user may not do this.' },
  'request-refused': { level: 'warn', message: 'An HTTP request was refused because of its Host or Origin.' },
  'protocol-error': { level: 'warn', message: 'A client broke the protocol, and its connection was closed.' },
  'tls-refused': { level: 'warn', message: 'A connection could not be secured.' },
  'client-lost': { level: 'info', message: 'A client stopped answering, and its connection was closed.' },
  'client-cut-off': { level: 'warn', message: 'A client left more unfinished requests than the server can hold.' },
  'leases-expired': { level: 'warn', message: 'Many leases ended without being renewed.' },
  compacted: { level: 'info', message: 'The history was compacted.' },
  'quota-nearly-reached': { level: 'warn', message: 'The store is nearly full: beyond its quota writes are refused.' },
  'disk-nearly-full': { level: 'warn', message: 'The disk is nearly full: when it is, writes are refused.' },
  'alarm-raised': { level: 'error', message: 'An alarm is raised: the store refuses writes until it is disarmed.' },
  'writes-stopped': { level: 'error', message: 'The log cannot be written: the store refuses writes.' },
  'store-warning': { level: 'warn', message: 'The store reports a problem.' },
  'internal-error': { level: 'error', message: 'A bug in the server made an operation fail.' },
} as const satisfies Record<string, LogEvent>

export type LogEventId = keyof typeof logEvents
