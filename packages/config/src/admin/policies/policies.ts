import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, quoted, WaypostError } from '@waypost/core'
import { anything, boolean, checkedCallOptions, checkOptions, type OptionKinds, required } from '@waypost/core/options'
import { configKey, configRange } from '../../config-path.ts'
import type { Approval, DraftState } from '../../records/draft.ts'
import { policyKey, recordFolders, scopesOf } from '../../records/keys.ts'
import { type PolicyRecord, parsePolicy, serializePolicy } from '../../records/policy.ts'
import { setAudited } from '../audit/audited-write.ts'
import { type Authorship, authoredCallKinds } from '../audit/authorship.ts'

export interface ApprovalBypass {
  /** The reason why a release is made without the approval that its path asks for. It is written to the audit. */
  readonly bypassApproval?: string | undefined
}

/** A policy and what it is for: a path, a folder with its slash, or `''` for everything. */
export interface Policy extends PolicyRecord {
  readonly scope: string
}

export interface SetPolicyOptions extends Authorship, CallOptions {
  /** Takes a scope without documents, and approvers who are no users of the store. Default false: it is refused. */
  readonly evenIfUnknown?: boolean | undefined
}

const setPolicyOptionKinds: OptionKinds<SetPolicyOptions> = { ...authoredCallKinds, evenIfUnknown: boolean }
const policyKinds: OptionKinds<PolicyRecord> = { approvals: required(anything()), approvers: anything() }

/**
 * Which documents need approval. They are few, and read again for each release. They stop mistakes, not attackers:
 * against those, give people roles in the store that cannot write what they must not.
 */
export class Policies {
  readonly #etcd: EtcdClient
  readonly #clock: Clock

  /** @internal Made by `ConfigCenter`. */
  constructor(etcd: EtcdClient, clock: Clock) {
    this.#etcd = etcd
    this.#clock = clock
  }

  /**
   * Asks for approval below `scope`: a path, a folder with its slash at the end, or `''` for everything. Fails with
   * `not-found` when there is no document at or below the scope, or when an approver is no user of a store that has
   * users.
   */
  async set(scope: string, policy: PolicyRecord, options: SetPolicyOptions = {}): Promise<void> {
    checkOptions('policies.set', options, setPolicyOptionKinds)
    checkOptions('policies.set', policy, policyKinds)
    const record = serializePolicy(policy)
    const { damage } = parsePolicy(Buffer.from(record))
    if (damage !== undefined) throw new WaypostError('invalid-argument', `This is not a policy: ${damage}.`)
    if (!options.evenIfUnknown) {
      await checkKnown(this.#etcd, scope, policy, new Deadline({ ...options, clock: this.#clock }))
    }
    await this.#write('policy.set', scope, record, options)
  }

  /** Takes the policy of exactly this scope off. False when there was none. */
  async delete(scope: string, options: Authorship & CallOptions = {}): Promise<boolean> {
    checkOptions('policies.delete', options, authoredCallKinds)
    return this.#write('policy.delete', scope, undefined, options)
  }

  /** By scope. Fails with `invalid-document` when one is damaged: what it asks for is not known. */
  async list(options?: CallOptions): Promise<readonly Policy[]> {
    return [
      ...(
        await readPolicies(
          this.#etcd,
          new Deadline({ ...checkedCallOptions('policies.list', options), clock: this.#clock }),
        )
      ).values(),
    ]
  }

  #write(
    action: string,
    scope: string,
    value: string | undefined,
    options: Authorship & CallOptions,
  ): Promise<boolean> {
    return setAudited(this.#etcd, this.#clock, { action, scope, key: policyKey(scope), value }, options)
  }
}

/** The policy of the most specific scope that covers a path. */
export async function policyFor(etcd: EtcdClient, path: string, deadline: Deadline): Promise<Policy | undefined> {
  return mostSpecific(await readPolicies(etcd, deadline), path)
}

/**
 * Throws `failed-precondition` when a change needs approval that it does not have. Gives the reason to be written to
 * the audit when the approval is gone without.
 */
export async function checkApproval(
  etcd: EtcdClient,
  changes: readonly { readonly path: string }[],
  { approved, bypassApproval }: ApprovalBypass & { readonly approved?: boolean | undefined },
  deadline: Deadline,
): Promise<string | undefined> {
  if (approved) return undefined
  const policies = await readPolicies(etcd, deadline)
  const guarded = changes.filter(({ path }) => (mostSpecific(policies, path)?.approvals ?? 0) > 0)
  if (guarded.length === 0) return undefined
  if (bypassApproval) return `without approval: ${bypassApproval}`
  const paths = guarded.map(({ path }) => path).join(', ')
  throw new WaypostError(
    'failed-precondition',
    `${paths} is only released with approval: save a draft, submit it, let another person approve it, and publish that.`,
    { details: { paths: guarded.map(({ path }) => path) } },
  )
}

/**
 * Throws `failed-precondition` when a draft lacks the approvals that its path asks for. With `bypassApproval` it says
 * instead whether the draft has them.
 */
export async function checkDraftApproval(
  etcd: EtcdClient,
  draft: {
    readonly path: string
    readonly author: string
    readonly state: DraftState
    readonly approvals: readonly Approval[]
  },
  { bypassApproval }: ApprovalBypass,
  deadline: Deadline,
): Promise<boolean> {
  const { path, author, state, approvals } = draft
  const policy = await policyFor(etcd, path, deadline)
  const wanted = policy?.approvals ?? 0
  if (wanted === 0) return true
  const counting = approvals.filter(({ by }) => by !== author && (policy?.approvers?.includes(by) ?? true))
  if (state === 'approved' && counting.length >= wanted) return true
  if (bypassApproval) return false
  throw new WaypostError(
    'failed-precondition',
    `The draft of ${path} has ${counting.length} of the ${wanted} approvals that the policy for "${policy?.scope}" requires.`,
    { details: { path, approvals: counting.length, wanted } },
  )
}

function mostSpecific(policies: ReadonlyMap<string, Policy>, path: string): Policy | undefined {
  for (const scope of scopesOf(path)) {
    const policy = policies.get(scope)
    if (policy) return policy
  }
  return undefined
}

async function readPolicies(etcd: EtcdClient, deadline: Deadline): Promise<ReadonlyMap<string, Policy>> {
  const policies = new Map<string, Policy>()
  for await (const { key, bytes } of etcd.kv.list({ prefix: recordFolders.policies }, deadline.call())) {
    const scope = key.slice(recordFolders.policies.length)
    const { record, damage } = parsePolicy(bytes)
    if (record === undefined) throw new WaypostError('invalid-document', `The policy ${key} is damaged: ${damage}.`)
    policies.set(scope, { scope, ...record })
  }
  return policies
}

/** What nothing and nobody is called is misspelt, most likely, and the policy would be of no effect. */
async function checkKnown(
  etcd: EtcdClient,
  scope: string,
  { approvers = [] }: PolicyRecord,
  deadline: Deadline,
): Promise<void> {
  const isFolder = scope === '' || scope.endsWith('/')
  const range = isFolder ? { prefix: configRange(scope) } : { key: configKey(scope) }
  const { kvs } = await etcd.kv.range(range, { limit: 1, keysOnly: true, ...deadline.call() })
  if (scope !== '' && kvs.length === 0) throw unknown(`There is no document ${isFolder ? 'below' : 'at'} ${scope}.`)
  if (approvers.length === 0) return
  const users = await usersOf(etcd, deadline)
  const stranger = users && approvers.find((name) => !users.includes(name))
  if (stranger !== undefined) throw unknown(`The store has no user ${quoted(stranger)}.`)
}

/** `undefined` where authors are whoever they say: without authentication, or when users may not be read. */
async function usersOf(etcd: EtcdClient, deadline: Deadline): Promise<readonly string[] | undefined> {
  try {
    const { enabled } = await etcd.auth.status(deadline.call())
    return enabled ? await etcd.auth.users.list(deadline.call()) : undefined
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return undefined
    throw error
  }
}

function unknown(fact: string): WaypostError {
  const message = `${fact} Check the spelling, or accept it with evenIfUnknown (--even-if-unknown).`
  return new WaypostError('not-found', message, { details: { mayBeConfirmedBy: 'evenIfUnknown' } })
}
