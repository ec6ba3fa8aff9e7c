import { randomBytes } from 'node:crypto'
import { del, type EtcdClient, modRevision, type Operation, put } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { checkSegment } from '../config-path.ts'
import { checkApproval } from '../drafts/policies.ts'
import { commitAudited } from '../publish/audited-write.ts'
import { checkDocuments } from '../publish/check-changes.ts'
import { Deadline } from '../publish/deadline.ts'
import { type PlannedChange, planChange } from '../publish/planned-change.ts'
import type { Authorship, PublishAllOptions, PublishedRelease } from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import { type Canary, type CanaryLimits, type CanaryRule, parseCanaries, serializeCanaries } from '../records/canary.ts'
import { restoreContent, storeContent } from '../records/content.ts'
import { canariesKey, recordFolders } from '../records/keys.ts'
import { CanaryGuard, type CanaryGuardOptions } from './canary-guard.ts'
import { checkRule } from './check-rule.ts'

export interface CreateCanaryOptions extends PublishAllOptions {
  /** Unique for the path. */
  readonly name: string
  /** Whom it is for: every condition that is given must hold. */
  readonly rule: CanaryRule
  /** The whole document that these instances get instead of the released one. */
  readonly content: string | Uint8Array
  /** The lowest comes first; the first canary that is for an instance wins. Default: after those that are there. */
  readonly order?: number | undefined
  /** When a guard takes it back. Default: at the first rejection. */
  readonly limits?: CanaryLimits | undefined
  /** Of an earlier canary, to choose the same instances by percentage again. Default: new. */
  readonly seed?: string | undefined
}

/** The canaries of a path as they are now. */
export interface CanaryList {
  readonly canaries: readonly Canary[]
  /** Of their last change; 0 when there are none. */
  readonly revision: bigint
}

type Change = (canaries: readonly Canary[]) => readonly Canary[]

const maxRaces = 50

/** Makes, widens, promotes and takes back canaries. */
export class Canaries {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #publisher: Publisher

  /** @internal Made by `Config`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
    this.#etcd = publisher.parts.etcd
    this.#clock = publisher.parts.clock
  }

  /** The canaries of a path in their order. Fails with `data-loss` when their record is damaged. */
  list(path: string, options?: CallOptions): Promise<CanaryList> {
    return this.#read(path, new Deadline(this.#clock, options))
  }

  /** The paths that have canaries. */
  async paths(options?: CallOptions): Promise<readonly string[]> {
    const range = { prefix: recordFolders.canaries }
    const list = this.#etcd.kv.list(range, { keysOnly: true, ...new Deadline(this.#clock, options).call() })
    return (await list.toArray()).map(({ key }) => key.slice(recordFolders.canaries.length))
  }

  /**
   * Gives a document to some instances instead of the released one. It is validated, and needs approval, as a publish
   * does. Fails with `already-exists` when the path has a canary of this name.
   */
  async create(path: string, options: CreateCanaryOptions): Promise<Canary> {
    const { name, rule, limits = { maxRejected: 0 }, author, comment } = options
    checkSegment('name of a canary', name)
    checkRule(rule)
    const deadline = new Deadline(this.#clock, options)
    const change = planChange(path, 'publish', options.content, undefined)
    const { bytes, checksum } = change
    if (bytes === undefined || checksum === undefined) throw new WaypostError('internal', 'A canary has no content.')
    const reason = await checkApproval(this.#etcd, [change], options, deadline)
    if (options.validate !== 'none') await checkDocuments(this.#etcd, [change], deadline)
    const canary: Canary = {
      name,
      order: options.order ?? 0,
      rule,
      seed: options.seed ?? randomBytes(8).toString('hex'),
      content: storeContent(bytes),
      checksum,
      author,
      comment,
      at: new Date(this.#clock.epochMs()).toISOString(),
      limits,
    }
    const changed = await this.#change(
      'canary.create',
      path,
      { author, comment: reason ?? comment },
      deadline,
      (known) => {
        if (known.some((other) => other.name === name)) {
          throw new WaypostError('already-exists', `${path} has a canary ${name} already.`, { details: { path, name } })
        }
        const last = Math.max(0, ...known.map(({ order }) => order))
        return [...known, { ...canary, order: options.order ?? last + 1 }]
      },
    )
    return existing(path, changed, name)
  }

  /** Widens a canary by percentage. No instance that has it loses it: fails with `invalid-argument` for less. */
  async raise(path: string, name: string, percent: number, options: Authorship & CallOptions = {}): Promise<Canary> {
    checkRule({ percent })
    const deadline = new Deadline(this.#clock, options)
    const changed = await this.#change('canary.raise', path, options, deadline, (known) => {
      const { rule } = existing(path, known, name)
      if (rule.percent === undefined || percent < rule.percent) {
        const now = rule.percent === undefined ? 'is not by percentage' : `is at ${rule.percent} %`
        throw new WaypostError(
          'invalid-argument',
          `The canary ${name} of ${path} ${now}, which ${percent} % does not raise.`,
        )
      }
      return known.map((canary) => (canary.name === name ? { ...canary, rule: { ...rule, percent } } : canary))
    })
    return existing(path, changed, name)
  }

  /** Takes a canary back: its instances get the released document again. Fails with `not-found`. */
  async abort(path: string, name: string, options: Authorship & CallOptions = {}): Promise<void> {
    await this.#change('canary.abort', path, options, new Deadline(this.#clock, options), (known) => {
      existing(path, known, name)
      return known.filter((canary) => canary.name !== name)
    })
  }

  /** @internal Takes back this very canary. False when it has gone or been replaced since. */
  async abortThis(path: string, canary: Canary, reason: string, options?: CallOptions): Promise<boolean> {
    const isIt = ({ name, seed, at, checksum }: Canary): boolean =>
      name === canary.name && seed === canary.seed && at === canary.at && checksum === canary.checksum
    const audit = { author: 'waypost', comment: reason }
    let found = false
    await this.#change('canary.rollback', path, audit, new Deadline(this.#clock, options), (known) => {
      found = known.some(isIt)
      return known.filter((other) => !isIt(other))
    })
    return found
  }

  /** Releases a canary's document for everybody, and ends the canary, in one transaction. Fails with `not-found`. */
  async promote(
    path: string,
    name: string,
    options: PublishAllOptions & { readonly expectedRelease?: number | undefined } = {},
  ): Promise<PublishedRelease> {
    const deadline = new Deadline(this.#clock, options)
    const promoted = existing(path, (await this.#read(path, deadline)).canaries, name)
    const planned = planChange(path, 'promote', restoreContent(promoted.content), options.expectedRelease)
    const change: PlannedChange = { ...planned, canary: name }
    const { releases } = await this.#publisher.release([change], {
      ...options,
      ...deadline.call(),
      // It was asked for when the canary was made.
      approved: true,
      companions: async (inner) => {
        const { canaries, revision } = await this.#read(path, inner)
        if (existing(path, canaries, name).checksum !== promoted.checksum) throw changedMeanwhile(path)
        return {
          action: 'canary.promote',
          conditions: [modRevision(canariesKey(path)).equals(revision)],
          operations: [
            writeOf(
              path,
              canaries.filter((canary) => canary.name !== name),
            ),
          ],
        }
      },
    })
    const [released] = releases
    if (released === undefined) throw new WaypostError('internal', 'A publish of one document gave no release.')
    return released
  }

  /**
   * Follows all canaries and takes those back that pass their limits. Any number of processes may do this at once:
   * a canary is taken back once. It begins at once, and ends with `close()`, or with the signal.
   */
  guard(options: CanaryGuardOptions = {}): CanaryGuard {
    return new CanaryGuard(this.#etcd, this.#clock, this, options)
  }

  async #change(
    action: string,
    path: string,
    { author, comment }: Authorship,
    deadline: Deadline,
    change: Change,
  ): Promise<readonly Canary[]> {
    for (let race = 0; race < maxRaces; race++) {
      const { canaries, revision } = await this.#read(path, deadline)
      const next = change(canaries)
      if (next.length === canaries.length && next.every((canary, index) => canary === canaries[index])) return next
      const write = {
        conditions: [modRevision(canariesKey(path)).equals(revision)],
        operations: [writeOf(path, next)],
        audit: { author, action, paths: [path], comment },
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

/** All canaries of a path are one record, which has to fit into one request. */
const maxRecordBytes = 1_400_000

function writeOf(path: string, canaries: readonly Canary[]): Operation<unknown> {
  if (canaries.length === 0) return del(canariesKey(path))
  const record = serializeCanaries({ canaries })
  const size = Buffer.byteLength(record)
  if (size <= maxRecordBytes) return put(canariesKey(path), record)
  throw new WaypostError(
    'too-large',
    `The canaries of ${path} come to ${size} bytes; together they may have ${maxRecordBytes}. End one of them first.`,
    { details: { path, size, limit: maxRecordBytes } },
  )
}

function existing(path: string, canaries: readonly Canary[], name: string): Canary {
  const found = canaries.find((canary) => canary.name === name)
  if (found) return found
  throw new WaypostError('not-found', `${path} has no canary ${name}.`, { details: { path, name } })
}

function changedMeanwhile(path: string): WaypostError {
  return new WaypostError('conflict', `The canaries of ${path} have changed meanwhile. Look at them again.`)
}
