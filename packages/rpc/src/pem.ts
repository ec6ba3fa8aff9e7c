/** One PEM in the types that node:tls takes. */
export function pem(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value)
}

export function pemList(value: string | Uint8Array | readonly (string | Uint8Array)[]): (string | Buffer)[] {
  return typeof value === 'string' || value instanceof Uint8Array ? [pem(value)] : value.map(pem)
}
