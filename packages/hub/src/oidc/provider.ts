import { messageOf, WaypostError } from '@waypost/core'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { LoginFlow } from './login-flow.ts'
import type { OidcSettings } from './oidc-options.ts'

/** The OpenID provider, as far as a login needs it. */
export class Provider {
  readonly #settings: OidcSettings
  #configuration: Promise<Configuration> | undefined

  constructor(settings: OidcSettings) {
    this.#settings = settings
  }

  get redirectUrl(): string {
    return `${this.#settings.publicUrl}/v1/oidc/callback`
  }

  /** Where a person logs in, and what must be known when they come back. */
  async begin(): Promise<Pick<LoginFlow, 'state' | 'nonce' | 'codeVerifier'> & { readonly url: URL }> {
    const configuration = await this.#discovered()
    const flow = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUrl,
      scope: this.#settings.scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await calculatePKCECodeChallenge(flow.codeVerifier),
      code_challenge_method: 'S256',
    })
    return { ...flow, url }
  }

  /**
   * What the provider says of the person, once it has sent them back with a code. Fails with `unauthenticated` when the
   * code, the state or the token is not what was asked for.
   */
  async finish(query: string, flow: LoginFlow): Promise<Readonly<Record<string, unknown>>> {
    const configuration = await this.#discovered()
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(`${this.redirectUrl}?${query}`), {
        pkceCodeVerifier: flow.codeVerifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      })
      return { ...tokens.claims() }
    } catch (error) {
      throw new WaypostError('unauthenticated', `The login at the provider failed: ${messageOf(error)}.`, {
        cause: error,
      })
    }
  }

  /** Where a person logs out at the provider too; `undefined` when it has no such page. */
  async logoutUrl(): Promise<URL | undefined> {
    const configuration = await this.#discovered()
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined
    return buildEndSessionUrl(configuration, { post_logout_redirect_uri: `${this.#settings.publicUrl}/` })
  }

  /** Asked for when it is first needed: the hub starts without its provider. */
  #discovered(): Promise<Configuration> {
    this.#configuration ??= this.#discover().catch((error: unknown) => {
      this.#configuration = undefined
      throw new WaypostError(
        'unavailable',
        `The provider ${this.#settings.issuer.href} does not answer: ${messageOf(error)}.`,
        {
          cause: error,
        },
      )
    })
    return this.#configuration
  }

  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    const isPlain = issuer.protocol === 'http:'
    return discovery(issuer, clientId, clientSecret, undefined, {
      timeout: 10,
      execute: isPlain ? [allowInsecureRequests] : [],
    })
  }
}
