import fc from 'fast-check'
import {
  type CompareStep,
  type DeleteStep,
  type OpStep,
  type PutStep,
  type RangeStep,
  type RevisionChoice,
  type Step,
  streams,
  type TxnStep,
} from './step.ts'

/** With `absent` not more than twelve: up to there etcd's sort is stable, so that ties have one order. */
const keyNames = ['a', 'a\0', 'aa', 'ab', 'b', 'ba', 'c', 'd', 'dd', 'z', '\xff']

const key = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...keyNames) },
  { weight: 1, arbitrary: fc.constantFrom('', 'absent') },
)
const end = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  { weight: 5, arbitrary: fc.constantFrom(...keyNames, 'e', '\xff\xff') },
  { weight: 1, arbitrary: fc.constant('\0') },
)
const span = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key, end }) },
  { weight: 2, arbitrary: fc.constantFrom({ key: '\0', end: '\0' }, { key: 'a', end: 'b' }, { key: 'a', end: 'e' }) },
)
const value = fc.constantFrom('', '1', '2', 'value', 'x'.repeat(300), '\xff\0')
const leaseId = fc.constantFrom(1, 2, 3, 4, 5, -6)
const noLease = fc.constant(0)
const rarely = fc.integer({ min: 0, max: 19 }).map((n) => n === 0)
const sometimes = fc.integer({ min: 0, max: 3 }).map((n) => n === 0)

const atNone: fc.Arbitrary<RevisionChoice> = fc.constant({ from: 'zero', plus: 0 })
const inHistory: fc.Arbitrary<RevisionChoice> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ from: fc.constant('current' as const), plus: fc.integer({ min: -20, max: 0 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ from: fc.constant('compacted' as const), plus: fc.integer({ min: -1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ from: fc.constant('current' as const), plus: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ from: fc.constant('zero' as const), plus: fc.integer({ min: -1, max: 3 }) }) },
)
const filter = fc.oneof({ weight: 9, arbitrary: atNone }, { weight: 1, arbitrary: inHistory })

const range: fc.Arbitrary<RangeStep> = fc
  .record({
    span,
    revision: fc.oneof({ weight: 2, arbitrary: atNone }, { weight: 1, arbitrary: inHistory }),
    limit: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: -1, max: 5 }) },
    ),
    sortOrder: fc.constantFrom(0, 0, 1, 2),
    sortTarget: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
    serializable: rarely,
    keysOnly: rarely,
    countOnly: rarely,
    minMod: filter,
    maxMod: filter,
    minCreate: filter,
    maxCreate: filter,
  })
  .map(({ span, ...rest }) => ({ kind: 'range', ...span, ...rest }))

const put: fc.Arbitrary<PutStep> = fc
  .record({
    key,
    value,
    lease: fc.oneof({ weight: 5, arbitrary: noLease }, { weight: 3, arbitrary: leaseId }),
    prevKv: sometimes,
    ignoreValue: rarely,
    ignoreLease: rarely,
  })
  // Mostly in the form that is not refused.
  .chain((step) =>
    rarely.map((odd) => ({
      kind: 'put' as const,
      ...step,
      value: step.ignoreValue && !odd ? '' : step.value,
      lease: step.ignoreLease && !odd ? 0 : step.lease,
    })),
  )

const deletion: fc.Arbitrary<DeleteStep> = fc
  .record({ span, prevKv: sometimes })
  .map(({ span, prevKv }) => ({ kind: 'delete', ...span, prevKv }))

const members = ['version', 'create', 'mod', 'value', 'lease'] as const
const compare: fc.Arbitrary<CompareStep> = fc
  .record({
    key,
    end: fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: end }),
    target: fc.integer({ min: 0, max: 4 }),
    result: fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 0, max: 3 }) },
      { weight: 1, arbitrary: fc.constant(7) },
    ),
    odd: fc.integer({ min: 0, max: 40 }),
    number: fc.integer({ min: -1, max: 4 }),
    revision: fc.oneof(atNone, inHistory),
    value,
  })
  .map(({ odd, ...rest }) => ({
    ...rest,
    member: odd === 0 ? 'none' : (members[odd === 1 ? (rest.target + 1) % 5 : rest.target] ?? 'none'),
  }))

const { txn: anyTxn } = fc.letrec<{ txn: TxnStep; op: OpStep }>((tie) => ({
  op: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: put },
    { weight: 5, arbitrary: range },
    { weight: 3, arbitrary: deletion },
    { weight: 4, arbitrary: tie('txn') },
    {
      weight: 1,
      arbitrary: rarely.map(
        (none): OpStep => (none ? { kind: 'none' } : { kind: 'txn', compare: [], success: [], failure: [] }),
      ),
    },
  ),
  txn: fc.record({
    kind: fc.constant('txn' as const),
    compare: fc.array(compare, { maxLength: 3 }),
    success: fc.array(tie('op'), { maxLength: 4 }),
    failure: fc.array(tie('op'), { maxLength: 4 }),
  }),
}))

const txn = anyTxn.map((step) => (ops(step).some(isIgnoringPut) ? withoutOpenDeletes(step) : step))

function ops(step: OpStep): OpStep[] {
  return step.kind === 'txn' ? [step, ...[...step.success, ...step.failure].flatMap(ops)] : [step]
}

function isIgnoringPut(step: OpStep): boolean {
  return step.kind === 'put' && (step.ignoreValue || step.ignoreLease)
}

/**
 * etcd does not see that an open-ended deletion overlaps a put in the same transaction, and dies when that put
 * is to keep the value or lease of a key that the deletion took.
 */
function withoutOpenDeletes<S extends OpStep>(step: S): S {
  if (step.kind === 'delete' && step.end === '\0') return { ...step, end: '\xff\xff' }
  if (step.kind !== 'txn') return step
  return { ...step, success: step.success.map(withoutOpenDeletes), failure: step.failure.map(withoutOpenDeletes) }
}

const stream = fc.integer({ min: 0, max: streams - 1 })
const watchId = fc.constantFrom(0, 0, 0, 1, 2, 7, -3)
const watch: fc.Arbitrary<Step> = fc
  .record({
    stream,
    id: watchId,
    span,
    start: fc.oneof({ weight: 2, arbitrary: atNone }, { weight: 3, arbitrary: inHistory }),
    filters: fc.constantFrom([], [], [], [0], [1], [0, 1], [1, 1]),
    prevKv: fc.boolean(),
  })
  .map(({ span, ...rest }) => ({ kind: 'watch', ...span, ...rest }))

function steps(withRestarts: boolean): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 60, arbitrary: put },
    { weight: 50, arbitrary: range },
    { weight: 16, arbitrary: deletion },
    { weight: 50, arbitrary: txn },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('grant' as const),
        id: leaseId,
        ttl: fc.constantFrom(1_000, 2_000, 3_000, 9_000_000_001),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('revoke' as const), id: leaseId }) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('time-to-live' as const), id: leaseId, keys: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('keep-alive' as const), id: leaseId }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'leases' }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('compact' as const), revision: inHistory, physical: fc.boolean() }),
    },
    { weight: 7, arbitrary: watch },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), stream, id: watchId }) },
    ...(withRestarts ? [{ weight: 1, arbitrary: fc.constant<Step>({ kind: 'restart' }) }] : []),
  )
}

/** Sequences of some hundred steps; shrinking takes steps away. */
export function stepSequences(options: { readonly withRestarts: boolean }): fc.Arbitrary<Step[]> {
  return fc.array(steps(options.withRestarts), { minLength: 1, maxLength: 400, size: 'max' })
}
