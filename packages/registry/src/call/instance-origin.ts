import type { Instance } from '../record/instance.ts'

/** Such as `http://10.0.0.1:3000`: over TLS when the record says `https`, or says nothing and the caller's URL does. */
export function instanceOrigin({ scheme, address }: Instance, protocol: string): string {
  const isTls = scheme === 'https' || (scheme !== 'http' && protocol === 'https:')
  return `${isTls ? 'https' : 'http'}://${address}`
}
