import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ClientCertificate } from '../request/request-facts.ts'

/** The certificate of a client whose chain was verified; `undefined` for any other. */
export function clientCertificate(socket: Duplex): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  return {
    subject: certificate.subject.split('\n').reverse().join(','),
    alternativeNames: alternativeNames(certificate.subjectAltName),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}

/** Node quotes a name that holds a comma or a quote, in JSON. */
function alternativeNames(text: string | undefined): string[] {
  const names = text?.match(/[^,\s][^:,]*:(?:"(?:[^"\\]|\\.)*"|[^,]*)/g) ?? []
  return names.map((name) => {
    const at = name.indexOf(':')
    const value = name.slice(at + 1)
    const plain: unknown = value.startsWith('"') ? JSON.parse(value) : value
    return `${name.slice(0, at).replace('IP Address', 'IP')}:${String(plain)}`
  })
}
