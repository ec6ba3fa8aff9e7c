import { UsageError } from './exit-codes.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads `host:port`; an IPv6 host stands in brackets, as in `[::1]:8080`. */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`\`${text}\` is not an address: write host:port, for example 127.0.0.1:8080.`)
  }
  return { host, port }
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether only this machine can reach the host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
