import { type EtcdClient, modRevision } from '@waypost/client'
import { type AuditRecord, type CallOptions, type Clock, Deadline, messageOf, WaypostError } from '@waypost/core'
import { anything, checkedCallOptions, checkOptions, type OptionKinds } from '@waypost/core/options'
import { canaryFor } from '../../canary/assign.ts'
import { type Canary, parseCanaries, serializeCanaries } from '../../records/canary.ts'
import type { ConsumerRecord } from '../../records/consumer.ts'
import { checksumOf, restoreContent } from '../../records/content.ts'
import { canariesKey, recordFolders } from '../../records/keys.ts'
import { commitAudited, type KeyWrite } from '../audit/audited-write.ts'
import { type Authorship, authoredCallKinds } from '../audit/authorship.ts'
import { checkApproval } from '../policies/policies.ts'
import { checkDocuments } from '../publish/check-changes.ts'
import { throwIfBreaking } from '../publish/live-break.ts'
import { type AffectedProcesses, liveImpact } from '../publish/live-impact.ts'
import { type PlannedChange, planChange } from '../publish/planned-change.ts'
import { type PublishAllOptions, type PublishedRelease, publishAllOptionKinds } from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import { CanaryGuard, type CanaryGuardOptions, canaryGuardOptionKinds } from './canary-guard.ts'
import { seedFor } from './choose-seed.ts'
import { checkKnownNames } from './known-names.ts'
import {
  type CanaryProposal,
  type CreateCanaryOptions,
  canaryPreviewKinds,
  createCanaryOptionKinds,
  existingCanary,
  newCanary,
  withCanary,
  withRaised,
} from './new-canary.ts'

/** The canaries of a path as they are now. */
export interface CanaryList {
  readonly canaries: readonly Canary[]
  /** Of their last change; 0 when there are none. */
  readonly revision: bigint
}

/** What the audit says of a change. */
type Doing = Pick<AuditRecord, 'action' | 'detail'>

type Change = (canaries: readonly Canary[]) => readonly Canary[]

const maxRaces = 50

const raiseOptionKinds: OptionKinds<Authorship & CallOptions & Pick<PublishAllOptions, 'validate'>> = {
  ...authoredCallKinds,
  validate: publishAllOptionKinds.validate,
}

const promoteOptionKinds: OptionKinds<PublishAllOptions & { readonly expectedRelease?: number | undefined }> = {
  ...publishAllOptionKinds,
  expectedRelease: anything(),
}

/** Makes, widens, promotes and takes back canaries. */
export class Canaries {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #publisher: Publisher

  /** @internal Made by `ConfigCenter`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
    this.#etcd = publisher.parts.etcd
    this.#clock = publisher.parts.clock
  }

  /** The canaries of a path in their order. Fails with `data-loss` when their record is damaged. */
  list(path: string, options?: CallOptions): Promise<CanaryList> {
    return this.#read(path, new Deadline({ ...checkedCallOptions('canaries.list', options), clock: this.#clock }))
  }

  /** The paths that have canaries. */
  async paths(options?: CallOptions): Promise<readonly string[]> {
    const range = { prefix: recordFolders.canaries }
    const list = this.#etcd.kv.list(range, {
      keysOnly: true,
      ...new Deadline({ ...checkedCallOptions('canaries.paths', options), clock: this.#clock }).call(),
    })
    return (await list.toArray()).map(({ key }) => key.slice(recordFolders.canaries.length))
  }

  /**
   * Gives a document to some instances instead of the released one. It is validated, and needs approval, as a publish
   * does. Fails with `already-exists` when the path has a canary of this name, and with `not-found` when the rule names
   * what no live process is or has.
   */
  async create(path: string, options: CreateCanaryOptions): Promise<Canary> {
    checkOptions('canaries.create', options, createCanaryOptionKinds)
    const { canary: proposed, bytes } = newCanary(path, options, this.#clock.epochMs())
    const { author, address, comment, validate = 'live' } = options
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const { consumers } = await this.#publisher.parts.consumers.read(deadline)
    if (!options.evenIfUnknown) await checkKnownNames(this.#etcd, proposed.rule, consumers, deadline)
    const canary = withFairSeed(path, proposed, options.seed, consumers)
    const base = (await this.#publisher.states([path], deadline))[0]?.recorded
    const reason = (await checkApproval(this.#etcd, [{ path }], options, deadline)) ?? comment
    if (validate !== 'none') await checkDocuments(this.#publisher.parts, [{ path, bytes }], deadline)
    const add: Change = (known) => withCanary(path, known, { ...canary, base }, options)
    if (validate === 'live') throwIfBreaking(await this.#impact(path, add, deadline))
    const changed = await this.#change(
      { action: 'canary.create', detail: canary.name },
      path,
      { author, address, comment: reason },
      deadline,
      add,
    )
    return existingCanary(path, changed, canary.name)
  }

  /** Who among the live processes would change from what to what, and who would reject it. Writes nothing. */
  async preview(path: string, options: CanaryProposal & CallOptions): Promise<readonly AffectedProcesses[]> {
    checkOptions('canaries.preview', options, canaryPreviewKinds)
    const { canary: proposed } = newCanary(path, options, this.#clock.epochMs())
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const { consumers } = await this.#publisher.parts.consumers.read(deadline)
    const canary = withFairSeed(path, proposed, options.seed, consumers)
    return this.#impact(path, (known) => withCanary(path, known, canary, options), deadline)
  }

  /**
   * Widens a canary by percentage. No instance that has it loses it: fails with `invalid-argument` for less, and with
   * `invalid-document` when an instance that is added would reject it.
   */
  async raise(
    path: string,
    name: string,
    percent: number,
    options: Authorship & CallOptions & Pick<PublishAllOptions, 'validate'> = {},
  ): Promise<Canary> {
    checkOptions('canaries.raise', options, raiseOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const raise: Change = (known) => withRaised(path, known, name, percent)
    if ((options.validate ?? 'live') === 'live') throwIfBreaking(await this.#impact(path, raise, deadline))
    const doing = { action: 'canary.raise', detail: `${name} to ${percent} %` }
    return existingCanary(path, await this.#change(doing, path, options, deadline, raise), name)
  }

  /** Takes a canary back: its instances get the released document again. Fails with `not-found`. */
  async abort(path: string, name: string, options: Authorship & CallOptions = {}): Promise<void> {
    checkOptions('canaries.abort', options, authoredCallKinds)
    const doing = { action: 'canary.abort', detail: name }
    await this.#change(doing, path, options, new Deadline({ ...options, clock: this.#clock }), (known) => {
      existingCanary(path, known, name)
      return known.filter((canary) => canary.name !== name)
    })
  }

  /** @internal Takes back this very canary. False when it has gone or been replaced since. */
  async abortThis(path: string, canary: Canary, reason: string, options?: CallOptions): Promise<boolean> {
    const isIt = ({ name, seed, at, checksum }: Canary): boolean =>
      name === canary.name && seed === canary.seed && at === canary.at && checksum === canary.checksum
    const audit = { author: 'waypost', comment: reason }
    let found = false
    const doing = { action: 'canary.rollback', detail: canary.name }
    await this.#change(doing, path, audit, new Deadline({ ...options, clock: this.#clock }), (known) => {
      found = known.some(isIt)
      return known.filter((other) => !isIt(other))
    })
    return found
  }

  /**
   * Releases a canary's document for everybody, and ends the canary, in one transaction. Fails with `not-found`, and
   * with `conflict` when the document has been released since the canary was made, and says something else than it:
   * promoting would undo that. `expectedRelease` is the release that may be replaced all the same.
   */
  async promote(
    path: string,
    name: string,
    options: PublishAllOptions & { readonly expectedRelease?: number | undefined } = {},
  ): Promise<PublishedRelease> {
    checkOptions('canaries.promote', options, promoteOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const list = await this.#read(path, deadline)
    const promoted = existingCanary(path, list.canaries, name)
    const { expectedRelease = promoted.base } = options
    const planned = planChange(path, 'promote', contentOf(path, promoted), expectedRelease)
    const change: PlannedChange = { ...planned, canary: name, acceptIfIdentical: true }
    const left = list.canaries.filter((canary) => canary.name !== name)
    return this.#publisher.releaseOne(change, {
      ...options,
      ...deadline.call(),
      // It was asked for when the canary was made.
      approved: true,
      canaries: new Map([[path, { canaries: left }]]),
      companions: async (inner) => {
        const { canaries, revision } = await this.#read(path, inner)
        if (existingCanary(path, canaries, name).checksum !== promoted.checksum) throw changedMeanwhile(path)
        return {
          action: 'canary.promote',
          detail: name,
          conditions: [modRevision(canariesKey(path)).equals(revision)],
          writes: [
            writeOf(
              path,
              canaries.filter((canary) => canary.name !== name),
            ),
          ],
        }
      },
    })
  }

  /**
   * Follows all canaries and takes those back that pass their limits. Any number of processes may do this at once:
   * a canary is taken back once. It begins at once, and ends with `close()`, or with the signal.
   */
  guard(options: CanaryGuardOptions = {}): CanaryGuard {
    checkOptions('canaries.guard', options, canaryGuardOptionKinds)
    return new CanaryGuard(this.#publisher.parts, this, options)
  }

  async #impact(path: string, change: Change, deadline: Deadline): Promise<readonly AffectedProcesses[]> {
    const canaries = change((await this.#read(path, deadline)).canaries)
    const hypothesis = { documents: new Map(), canaries: new Map([[path, { canaries }]]) }
    return liveImpact(this.#publisher.parts, hypothesis, deadline)
  }

  async #change(
    doing: Doing,
    path: string,
    { author, address, comment }: Authorship,
    deadline: Deadline,
    change: Change,
  ): Promise<readonly Canary[]> {
    for (let race = 0; race < maxRaces; race++) {
      const { canaries, revision } = await this.#read(path, deadline)
      const next = change(canaries)
      if (next.length === canaries.length && next.every((canary, index) => canary === canaries[index])) return next
      const write = {
        conditions: [modRevision(canariesKey(path)).equals(revision)],
        writes: [writeOf(path, next)],
        audit: { author, address, ...doing, paths: [path], comment },
      }
      if ((await commitAudited(this.#etcd, this.#clock, write, deadline)) !== undefined) return next
    }
    throw changedMeanwhile(path)
  }

  async #read(path: string, deadline: Deadline): Promise<CanaryList> {
    const stored = await this.#etcd.kv.get(canariesKey(path), deadline.call())
    if (stored === undefined) return { canaries: [], revision: 0n }
    const { record, damage } = parseCanaries(stored.bytes)
    if (record) return { canaries: record.canaries, revision: stored.modRevision }
    throw new WaypostError('data-loss', `The canaries ${canariesKey(path)} are damaged: ${damage}. Delete that key.`)
  }
}

/** A canary by percentage, with a seed that fits the live instances that its other conditions hold for, if none is given. */
function withFairSeed(
  path: string,
  canary: Canary,
  given: string | undefined,
  consumers: readonly ConsumerRecord[],
): Canary {
  const { percent, ...others } = canary.rule
  if (given !== undefined || percent === undefined || percent >= 100) return canary
  // Everybody stands below 100.
  const everybody = { canaries: [{ ...canary, rule: { ...others, percent: 100 } }] }
  const instances = consumers
    .filter((consumer) => consumer.documents.includes(path) && canaryFor(everybody, consumer) !== undefined)
    .map(({ instance }) => instance)
  return instances.length === 0 ? canary : { ...canary, seed: seedFor([...new Set(instances)], percent) }
}

/** All canaries of a path are one record, which has to fit into one request. */
const maxRecordBytes = 1_400_000

function writeOf(path: string, canaries: readonly Canary[]): KeyWrite {
  const value = canaries.length === 0 ? undefined : serializeCanaries({ canaries })
  const size = Buffer.byteLength(value ?? '')
  if (size <= maxRecordBytes) return { key: canariesKey(path), value }
  throw new WaypostError(
    'too-large',
    `The canaries of ${path} have ${size} bytes; the limit is ${maxRecordBytes}. End one of them first.`,
    { details: { path, size, limit: maxRecordBytes } },
  )
}

function contentOf(path: string, { name, content, checksum }: Canary): Uint8Array {
  let reason = 'its content does not match its checksum'
  try {
    const bytes = restoreContent(content)
    if (checksumOf(bytes) === checksum) return bytes
  } catch (error) {
    reason = messageOf(error)
  }
  throw new WaypostError('data-loss', `The canary ${name} of ${path} is damaged: ${reason}. Abort it.`, {
    details: { path, name },
  })
}

function changedMeanwhile(path: string): WaypostError {
  return new WaypostError('conflict', `The canaries of ${path} have changed in the meantime. Read them again.`)
}
