import { WaypostError } from '@waypost/core'
import { kindOf, listOf, type OptionKinds, recordOf, required, text } from '@waypost/core/options'

/** Login of people by an OpenID provider. */
export interface OidcOptions {
  /** The provider: the URL before `/.well-known/openid-configuration`. `http://` only on loopback. */
  readonly issuer: string
  readonly clientId: string
  /** Default none: a public client, protected by PKCE alone. */
  readonly clientSecret?: string | undefined
  /** How people reach the hub: `https://waypost.example.com`. The provider sends them back to `<publicUrl>/v1/oidc/callback`. */
  readonly publicUrl: string
  /** What is asked for. Default `openid profile email`. */
  readonly scope?: string | undefined
  /** The claim that names a person, here and in the audit. Default `email`. */
  readonly userClaim?: string | undefined
  /** Put in front of the names of the store's users. Default `oidc:`. */
  readonly userPrefix?: string | undefined
  /** The claim that says what a person belongs to: a text or a list of texts. Default `groups`. */
  readonly groupsClaim?: string | undefined
  /** The roles of the store for each value of that claim: `{ developers: ['order-dev'] }`. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Roles of everybody who can log in. Default none: who is in none of the groups is refused. */
  readonly defaultRoles?: readonly string[] | undefined
  /** What the button says. Default the provider's host. */
  readonly title?: string | undefined
}

export const oidcOptionKinds: OptionKinds<OidcOptions> = {
  issuer: required(kindOf('a URL', isUrl)),
  clientId: required(text),
  clientSecret: text,
  publicUrl: required(kindOf('a URL', isUrl)),
  scope: text,
  userClaim: text,
  userPrefix: text,
  groupsClaim: text,
  roles: required(recordOf(listOf(text))),
  defaultRoles: listOf(text),
  title: text,
}

/** The options with their defaults. */
export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** Without a slash at the end. */
  readonly publicUrl: string
  readonly scope: string
  readonly userClaim: string
  readonly userPrefix: string
  readonly groupsClaim: string
  readonly roles: ReadonlyMap<string, readonly string[]>
  readonly defaultRoles: readonly string[]
  readonly title: string
  /** What store passwords and the cookie of a login are derived from. */
  readonly secret: string
}

/** Throws `invalid-argument` for options that make no sense together. */
export function oidcSettings(options: OidcOptions, sessionSecret: string | undefined): OidcSettings {
  if (sessionSecret === undefined) {
    throw new WaypostError(
      'invalid-argument',
      'oidc needs sessionSecret: the logins of people in the store are derived from it.',
    )
  }
  const issuer = new URL(options.issuer)
  if (issuer.protocol !== 'https:' && !isLoopback(issuer)) {
    throw new WaypostError('invalid-argument', 'The issuer of oidc must begin with https://, except on loopback.')
  }
  return {
    issuer,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    publicUrl: options.publicUrl.replace(/\/+$/, ''),
    scope: options.scope ?? 'openid profile email',
    userClaim: options.userClaim ?? 'email',
    userPrefix: options.userPrefix ?? 'oidc:',
    groupsClaim: options.groupsClaim ?? 'groups',
    roles: new Map(Object.entries(options.roles)),
    defaultRoles: options.defaultRoles ?? [],
    title: options.title ?? issuer.host,
    secret: sessionSecret,
  }
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
}
