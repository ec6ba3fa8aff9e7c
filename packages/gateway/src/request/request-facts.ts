import type { IncomingHttpHeaders } from 'node:http'

/** The client's certificate on a connection with mutual TLS, verified against the gateway's authorities. */
export interface ClientCertificate {
  /** The distinguished name in RFC 4514 form, for example `CN=partner,O=Example`. */
  readonly subject: string
  /** The subject alternative names, each with its kind, for example `DNS:partner.example.com` or `URI:spiffe://…`. */
  readonly alternativeNames: readonly string[]
  /** SHA-256 of the certificate, in lower-case hexadecimal without colons. */
  readonly fingerprint: string
}

/**
 * What routes and policies may know of a request. Everything is normalised before anybody looks at it, so that what is
 * matched is what is sent.
 */
export interface RequestFacts {
  /** In upper case, as the client sent it. */
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** In lower case, without port and trailing dot; `''` when the client named none. */
  readonly host: string
  /** As `readRequestTarget` made it: absolute, without dot segments. */
  readonly path: string
  /** The query as the client sent it, with its question mark; `''` when there is none. */
  readonly search: string
  /** With names in lower case, as Node gives them. Not changed by policies. */
  readonly headers: IncomingHttpHeaders
  /** As they came, flat: name, value, name, value. To look one up in here is quicker than to make `headers`. */
  readonly rawHeaders?: readonly string[] | undefined
  /** The client's address, in text without brackets: behind trusted proxies, what they say it is. */
  readonly clientAddress: string
  readonly certificate: ClientCertificate | undefined
}
