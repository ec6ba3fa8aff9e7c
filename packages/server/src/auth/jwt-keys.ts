import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { invalidArgument, messageOf } from '@waypost/core'
import { isSigningMethod, type SigningMethod, signingMethods } from './signing-methods.ts'

/** Where the keys are that sign and verify tokens. */
export interface JwtKeyFiles {
  /** One of RFC 7518's names, such as `RS256`; tokens that name another one are refused. */
  readonly signMethod: string
  /** PEM. Without a private key the server verifies tokens but makes none. Not for the HS methods. */
  readonly publicKeyFile?: string | undefined
  /** PEM; for the HS methods the secret itself, every byte of the file. */
  readonly privateKeyFile?: string | undefined
}

/** The one method that counts, with its keys. */
export interface JwtKeys {
  readonly method: SigningMethod
  /** Undefined: tokens are verified only. */
  readonly signingKey: KeyObject | Uint8Array | undefined
  verify(signed: Buffer, signature: Buffer): boolean
}

const minRsaBits = 2048

/**
 * Throws `invalid-argument`, naming the file, when a key is missing, of another kind, or does not belong to the other.
 *
 * @param onWarning told of a secret that is short enough to be guessed
 */
export async function loadJwtKeys(
  { signMethod, publicKeyFile, privateKeyFile }: JwtKeyFiles,
  onWarning: (message: string) => void = () => {},
): Promise<JwtKeys> {
  if (!isSigningMethod(signMethod))
    throw invalidArgument(`The sign-method must be one of ${signingMethods.join(', ')}.`)
  if (signMethod.startsWith('HS')) return secretKeys(signMethod, privateKeyFile, onWarning)
  const signingKey = privateKeyFile === undefined ? undefined : await readKey(privateKeyFile, createPrivateKey)
  const givenKey = publicKeyFile === undefined ? undefined : await readKey(publicKeyFile, createPublicKey)
  const verifyingKey = givenKey ?? (signingKey && createPublicKey(signingKey))
  if (verifyingKey === undefined)
    throw invalidArgument(`${signMethod} needs a private key, or, to verify only, a public key.`)
  requireKind(signMethod, verifyingKey, publicKeyFile ?? privateKeyFile ?? '')
  if (signingKey && !createPublicKey(signingKey).equals(verifyingKey))
    throw invalidArgument(`The public key in ${publicKeyFile} is not the one of the private key in ${privateKeyFile}.`)
  return { method: signMethod, signingKey, verify: verifier(signMethod, verifyingKey) }
}

async function secretKeys(
  method: SigningMethod,
  file: string | undefined,
  onWarning: (message: string) => void,
): Promise<JwtKeys> {
  if (file === undefined) throw invalidArgument(`${method} needs the file with the secret as its private key.`)
  const secret = await read(file)
  if (secret.length === 0) throw invalidArgument(`The file ${file} is empty: it must hold the secret.`)
  // As long as the hash, says RFC 7518, section 3.2. etcd takes any, so it is taken here too.
  const safeBytes = Number(method.slice(2)) / 8
  if (secret.length < safeBytes)
    onWarning(`The secret in ${file} can be guessed from a token: it should have ${safeBytes} random bytes or more.`)
  return {
    method,
    signingKey: secret,
    verify(signed, signature) {
      const expected = createHmac(hashOf(method), secret).update(signed).digest()
      return expected.length === signature.length && timingSafeEqual(expected, signature)
    },
  }
}

function verifier(method: SigningMethod, key: KeyObject): JwtKeys['verify'] {
  const hash = method === 'EdDSA' ? null : hashOf(method)
  const input: VerifyKeyObjectInput = { key }
  // In a JWS the two numbers of an ECDSA signature stand side by side. The salt of PS signatures may have any length,
  // because etcd takes the longest that fits.
  if (method.startsWith('ES')) input.dsaEncoding = 'ieee-p1363'
  if (method.startsWith('PS')) {
    input.padding = constants.RSA_PKCS1_PSS_PADDING
    input.saltLength = constants.RSA_PSS_SALTLEN_AUTO
  }
  return (signed, signature) => verify(hash, signed, input, signature)
}

const curves: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

function requireKind(method: SigningMethod, key: KeyObject, file: string): void {
  const type = key.asymmetricKeyType
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (method === 'EdDSA') {
    if (type !== 'ed25519') throw invalidArgument(`EdDSA needs an Ed25519 key; ${file} holds another one.`)
  } else if (method.startsWith('ES')) {
    if (namedCurve !== curves[method])
      throw invalidArgument(`${method} needs a key on ${curves[method]}; ${file} holds another.`)
  } else if (type !== 'rsa' || modulusLength < minRsaBits) {
    throw invalidArgument(`${method} needs an RSA key of at least ${minRsaBits} bits; ${file} holds another one.`)
  }
}

function hashOf(method: SigningMethod): string {
  return `sha${method.slice(2)}`
}

async function readKey(file: string, parse: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const pem = await read(file)
  try {
    return parse(pem)
  } catch (error) {
    throw invalidArgument(`The key in ${file} cannot be used: ${messageOf(error)}.`, error)
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw invalidArgument(`The key file ${file} cannot be read: ${messageOf(error)}.`, error)
  }
}
