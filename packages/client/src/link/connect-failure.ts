import type { RpcError } from '@waypost/rpc/client'

const connectFailure = /^cannot connect to (https?:\/\/\S+): (.*)$/s

/** What a failed attempt to connect means and which option, or flag of the command line, mends it. */
const meanings: readonly (readonly [RegExp, (endpoint: string) => string])[] = [
  [
    /wrong.version.number|packet.length.too.long/i,
    (endpoint) => `the server does not speak TLS: write the endpoint as ${endpoint.replace('https:', 'http:')}`,
  ],
  [/SELF_SIGNED_CERT/, () => `the server's certificate is self-signed: ${trustIt}`],
  [
    /UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED/,
    () => `the server's certificate is signed by an authority that is not trusted: ${trustIt}`,
  ],
  [
    /CERT_HAS_EXPIRED/,
    () => `the server's certificate has expired: renew it, or correct the clock of this machine; ${skip}`,
  ],
  [
    /CERT_NOT_YET_VALID/,
    () => `the server's certificate is not valid yet: correct the clock of this machine or the server's; ${skip}`,
  ],
  [
    /ALTNAME_INVALID/,
    () =>
      "the server's certificate is for other names: use one of them in the endpoint, or give the expected name in " +
      `tls.servername; ${skip}`,
  ],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    () => 'the server asks for a client certificate: give one in tls.certFile and tls.keyFile (--cert and --key)',
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERT)/,
    () => 'the server does not accept the client certificate in tls.certFile (--cert)',
  ],
  [
    /KEY_VALUES_MISMATCH/,
    () => 'the client certificate and its key do not belong together: check tls.certFile and tls.keyFile',
  ],
  [/NO_START_LINE|BAD_BASE64|ASN1|PEM/, () => 'a certificate or key in tls is not in PEM format'],
  [
    /closed before it was set up/,
    (endpoint) =>
      endpoint.startsWith('https:')
        ? 'the server closed the connection during the TLS handshake: does it speak TLS, and does it accept the ' +
          'certificate in tls.certFile (--cert)?'
        : 'the server closed the connection at once: if it speaks TLS, the endpoint should be ' +
          `${endpoint.replace('http:', 'https:')}, with its authority in tls.caFile (--cacert)`,
  ],
]

const trustIt =
  'give the file of its authority in tls.caFile (--cacert), or accept any certificate with ' +
  'tls.rejectUnauthorized: false (--insecure-skip-tls-verify)'
const skip = 'tls.rejectUnauthorized: false (--insecure-skip-tls-verify) accepts it as it is'

/** The message of an error of the wire; for a mistake in TLS our own words first, and OpenSSL's after them. */
export function messageOfWire(error: RpcError): string {
  const [, endpoint, reason = ''] = connectFailure.exec(error.message) ?? []
  if (endpoint === undefined) return error.message
  const facts = `${codeOf(error.cause)} ${reason}`
  const meaning = meanings.find(([pattern]) => pattern.test(facts))
  if (meaning === undefined) return `cannot connect to ${endpoint}: ${reason.trim()}`
  const words = reason.includes('closed before') ? '' : ` (${plain(reason)})`
  return `cannot connect to ${endpoint}: ${meaning[1](endpoint)}${words}`
}

/** Whether nothing listens at the endpoint. */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === 'ECONNREFUSED' || (error instanceof Error && isRefused(error.cause))
}

function codeOf(cause: unknown): string {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : ''
}

/** `write EPROTO 80CC…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…` without its frame. */
function plain(reason: string): string {
  return /error:\w+:[^:]*:[^:]*:([^:]+)/.exec(reason)?.[1] ?? reason.trim()
}
