/** How tokens can be signed. Source: RFC 7518 and RFC 8037. */
export const signingMethods = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'HS256', 'HS384', 'HS512', 'EdDSA'] as const),
] as const

export type SigningMethod = (typeof signingMethods)[number]

export function isSigningMethod(name: string): name is SigningMethod {
  return signingMethods.some((method) => method === name)
}
