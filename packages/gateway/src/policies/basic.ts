import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { BasicSpec, BasicUser } from '../document/policy-spec.ts'
import { headerOf } from '../request/request-values.ts'
import { unauthorized, unavailable } from './decisions.ts'
import { headerText } from './header-text.ts'
import type { Policy, PolicyDecision } from './policy.ts'

/** Hashing a password is expensive by design: the most at a time; the others are told to come back. */
const maxHashing = 4

/** The most correct passwords that are remembered, by a keyed digest. */
const maxRemembered = 10_000

interface ScryptHash {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number }
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** Knows clients by user and password. */
export function basicPolicy(name: string, spec: BasicSpec): Policy {
  const { realm = 'Waypost', forward = false } = spec
  const challenge = `Basic realm="${realm}", charset="UTF-8"`
  const missing = unauthorized('password-missing', 'This requires a user and a password.', challenge)
  const wrong = unauthorized('password-wrong', 'The user or the password is wrong.', challenge)
  const userHeader = spec.userHeader?.toLowerCase()
  const users = new Map(Object.entries(spec.users).map(([user, entry]) => [user, checkerOf(user, entry)]))
  // A user that does not exist costs as much as one that does.
  const decoy = [...users.values()].find(({ isSlow }) => isSlow)
  const secret = randomBytes(32)
  const remembered = new Map<string, string>()
  let hashing = 0

  const welcome = (user: string): PolicyDecision => ({
    kind: 'continue',
    identity: { subject: user, policy: name, scopes: spec.users[user]?.scopes ?? [], claims: { user } },
    requestHeaders: userHeader === undefined ? undefined : { [userHeader]: headerText(user) },
    removeRequestHeaders: forward ? undefined : ['authorization'],
  })
  const checkSlowly = async (
    user: string,
    password: string,
    checker: Checker,
    digest: string,
  ): Promise<PolicyDecision> => {
    hashing += 1
    try {
      if (!(await checker.check(password)) || !users.has(user)) return wrong
      remembered.set(user, digest)
      const [oldest] = remembered.keys()
      if (oldest !== undefined && remembered.size > maxRemembered) remembered.delete(oldest)
      return welcome(user)
    } catch {
      return unavailable('password-unchecked', 'The password could not be checked.')
    } finally {
      hashing -= 1
    }
  }

  return {
    name,
    kind: 'basic',
    identityHeaders: userHeader === undefined ? [] : [userHeader],
    check(request) {
      const given = readBasic(headerOf(request, 'authorization'))
      if (given === undefined) return missing
      const { user, password } = given
      const checker = users.get(user) ?? decoy
      if (checker === undefined) return wrong
      const digest = createHmac('sha256', secret).update(`${user}\0${password}`).digest('base64')
      if (users.has(user) && remembered.get(user) === digest) return welcome(user)
      if (!checker.isSlow) return users.has(user) && checker.checkNow(password) ? welcome(user) : wrong
      if (hashing >= maxHashing) return unavailable('overloaded', 'Too many passwords are being checked.')
      return checkSlowly(user, password, checker, digest)
    },
    close() {
      remembered.clear()
    },
  }
}

interface Checker {
  readonly isSlow: boolean
  checkNow(password: string): boolean
  check(password: string): Promise<boolean>
}

function checkerOf(user: string, { password, scrypt: text }: BasicUser): Checker {
  if (password !== undefined) {
    const key = randomBytes(32)
    const digest = (given: string): Uint8Array => createHmac('sha256', key).update(given).digest()
    const right = digest(password)
    const checkNow = (given: string): boolean => timingSafeEqual(digest(given), right)
    return { isSlow: false, checkNow, check: async (given) => checkNow(given) }
  }
  const stored = readScrypt(user, text ?? '')
  return { isSlow: true, checkNow: () => false, check: (given) => fitsScrypt(given, stored) }
}

/** @see RFC 7617 */
function readBasic(header: string | undefined): { user: string; password: string } | undefined {
  const [, encoded] = /^basic ([\w+/-]{1,2048}={0,2})$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** The form of https://github.com/P-H-C/phc-string-format, as passlib writes scrypt. */
function readScrypt(user: string, text: string): ScryptHash {
  const [, ln, r, p, salt = '', hash = ''] = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) }
  const memoryBytes = 128 * cost.N * cost.r * cost.p
  if (!(cost.N >= 2 && cost.r >= 1 && cost.p >= 1 && memoryBytes <= 256 * 1024 * 1024)) {
    throw new Error(`The hash of ${user} costs more than is allowed, or is malformed`)
  }
  return {
    cost: { ...cost, maxmem: memoryBytes + 1024 * 1024 },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7914 */
function fitsScrypt(password: string, { cost, salt, hash }: ScryptHash): Promise<boolean> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hash.length, cost, (error, derived) => {
      if (error) reject(error)
      else resolve(timingSafeEqual(derived, hash))
    })
  })
}
