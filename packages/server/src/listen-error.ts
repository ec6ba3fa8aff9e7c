import { invalidArgument, messageOf, WaypostError } from '@waypost/core'

/** What went wrong with listening, said so that the reader knows what to change. */
export function listenError(error: unknown, host: string, port: number): WaypostError {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new WaypostError('port-in-use', `Port ${port} on ${host} is in use by another program.`, {
        cause: error,
        details: { host, port },
      })
    case 'EACCES':
      return invalidArgument(`Port ${port} on ${host} may not be opened by this user: choose one above 1023.`, error)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return invalidArgument(`${host} is not an address of this machine.`, error)
    case 'ERR_SOCKET_BAD_PORT':
      return invalidArgument(`${port} is not a port: it must be between 0 and 65535.`, error)
    default:
      return new WaypostError('internal', `The server cannot listen on ${host}:${port}: ${messageOf(error)}`, {
        cause: error,
      })
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
