import fc from 'fast-check'

const user = fc.constantFrom('u0', 'u1', 'u2', 'ghost')
const role = fc.constantFrom('r0', 'r1', 'r2', 'nothing')
const caller = fc.constantFrom('u0', 'u1', 'u2')
/** Who mostly administers is root. */
const admin = fc.constantFrom('root', 'root', 'root', 'root', 'u0')
const type = fc.constantFrom('read' as const, 'write' as const, 'readwrite' as const)
const key = fc.constantFrom('a', 'aa', 'ab', 'b', 'c', 'd')
const end = fc.constantFrom('', '', 'aa', 'b', 'c', 'd', 'e', '\0')
/** Without ranges that hold no key: etcd 3.4 lets some be granted, and whether one may be used depends on its neighbours. */
const span = fc.record({ key, end }).filter(({ key, end }) => end === '' || end === '\0' || key < end)
/** etcd 3.4 checks an open end as if one key were meant (GHSA-xg4h-6gfc-h4m8), and permissions before emptiness. */
const watched = span.filter(({ end }) => end !== '\0')
/**
 * Each key with one end only: where a role holds two permissions that begin at the same key, etcd looks at the first of
 * them to see whether a grant is a repeated one, and keeps both the old and the new.
 */
const granted = fc.constantFrom(
  { key: 'a', end: '' },
  { key: 'aa', end: 'b' },
  { key: 'ab', end: '' },
  { key: 'b', end: 'd' },
  { key: 'c', end: '\0' },
  { key: 'd', end: 'e' },
)
const prevKv = fc.boolean()
const lease = fc.constantFrom<number>(0, 0, 0, 1, 2)
const password = fc.constantFrom('one', 'two')

const operation = fc.oneof(
  span.map((span) => ({ op: 'range' as const, ...span })),
  fc.record({ op: fc.constant('put' as const), key, prevKv, lease, ignoreValue: fc.constantFrom(false, false, true) }),
  fc.record({ span, prevKv }).map(({ span, prevKv }) => ({ op: 'delete' as const, ...span, prevKv })),
)

/** etcd 3.4 does not look at what a put inside a transaction reads back, or at the lease that it uses. */
const inTxn = operation.map((each) => (each.op === 'put' ? { ...each, prevKv: false, lease: 0 } : each))

export const authSteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('grant' as const), by: admin, role, type, span: granted }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('revoke' as const), by: admin, role, span: granted }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('grant-role' as const), by: admin, user, role }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke-role' as const), by: admin, user, role }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('add-role' as const), by: admin, role }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-role' as const), by: admin, role }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('add-user' as const), by: admin, user, password }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-user' as const), by: admin, user }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('change-password' as const), by: admin, user, password }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('get-user' as const), by: caller, user }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('get-role' as const), by: caller, role }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), by: admin }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('login' as const), user, password }) },
    { weight: 25, arbitrary: fc.record({ kind: fc.constant('operation' as const), by: caller, operation }) },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('txn' as const),
        by: caller,
        compares: fc.array(span, { maxLength: 2 }),
        success: fc.array(inTxn, { maxLength: 2 }),
        failure: fc.array(inTxn, { maxLength: 2 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('watch' as const), by: caller, span: watched }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke-lease' as const), by: caller, lease }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('grant-lease' as const), by: caller, lease }) },
  ),
  { minLength: 1, maxLength: 200, size: 'max' },
)

export type AuthStep = typeof authSteps extends fc.Arbitrary<(infer S)[]> ? S : never
export type AuthOperation = typeof operation extends fc.Arbitrary<infer O> ? O : never
