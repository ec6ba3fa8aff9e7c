import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { invalidArgument, messageOf } from '@waypost/core'
import type { FrontTls } from './front-options.ts'

/** A certificate with its chain, and its key, both PEM. */
export interface CertificatePair {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

interface Loaded {
  readonly context: SecureContext
  readonly certificate: X509Certificate
}

/** The gateway's certificates, chosen by the name that a client asks for. */
export class Certificates implements FrontTls {
  readonly clientCa: string | Buffer | undefined
  #loaded: readonly Loaded[] = []
  readonly #byName = new Map<string, SecureContext | undefined>()

  /** @param pairs the first one is for clients that ask for a name that is not known. Throws `invalid-argument`. */
  constructor(pairs: readonly CertificatePair[], clientCa?: string | Buffer) {
    this.clientCa = clientCa
    this.replace(pairs)
  }

  /** New certificates, for the connections that come from now on. Throws and changes nothing when one is wrong. */
  replace(pairs: readonly CertificatePair[]): void {
    if (pairs.length === 0) throw invalidArgument('The gateway needs at least one certificate for TLS.')
    this.#loaded = pairs.map((pair, index) => load(pair, index, this.clientCa))
    this.#byName.clear()
  }

  contextFor(serverName: string | undefined): SecureContext | undefined {
    const name = serverName ?? ''
    if (!this.#byName.has(name)) {
      // A stranger may ask for any number of names.
      if (this.#byName.size >= 1_000) this.#byName.clear()
      const fitting = this.#loaded.find(({ certificate }) => name !== '' && certificate.checkHost(name) !== undefined)
      this.#byName.set(name, (fitting ?? this.#loaded[0])?.context)
    }
    return this.#byName.get(name)
  }
}

/** @param ca belongs to every context: what a context of a name does not know, the server's own does not add */
function load({ cert, key }: CertificatePair, index: number, ca: string | Buffer | undefined): Loaded {
  try {
    const certificate = new X509Certificate(cert)
    return { context: createSecureContext({ cert, key, ca, minVersion: 'TLSv1.2' }), certificate }
  } catch (error) {
    throw invalidArgument(`Certificate ${index + 1} of the gateway cannot be used: ${messageOf(error)}`, error)
  }
}
