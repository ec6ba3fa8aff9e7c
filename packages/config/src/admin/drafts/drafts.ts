import { type EtcdClient, modRevision } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import {
  anything,
  callOptionKinds,
  checkedCallOptions,
  checkOptions,
  type OptionKinds,
  required,
  text,
} from '@waypost/core/options'
import { storeContent } from '../../records/content.ts'
import { type DraftRecord, serializeDraft } from '../../records/draft.ts'
import type { DamagedRecord } from '../../records/json-record.ts'
import { draftKey, recordFolders } from '../../records/keys.ts'
import { commitAudited } from '../audit/audited-write.ts'
import { checkDraftApproval, policyFor } from '../policies/policies.ts'
import { checkDocuments } from '../publish/check-changes.ts'
import { contentBytes, planChange } from '../publish/planned-change.ts'
import { type PublishAllOptions, type PublishedRelease, publishAllOptionKinds } from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import { type Draft, readDraft } from './draft.ts'

/** The drafts that there are. */
export interface DraftList {
  /** By path. */
  readonly drafts: readonly Draft[]
  readonly damaged: readonly DamagedRecord[]
}

/** Who does it. */
export interface DraftOptions extends CallOptions {
  readonly author: string
  /** The network address that it was asked from, for the audit. */
  readonly address?: string | undefined
  readonly comment?: string | undefined
  /** The draft that was looked at: fails with `conflict` when it has changed since. Default: whatever is there. */
  readonly revision?: bigint | undefined
}

export interface SaveDraftOptions extends DraftOptions {
  /** The release that it is a change of. Default: the one that the document is at now. */
  readonly base?: number | undefined
}

const draftOptionKinds: OptionKinds<DraftOptions> = {
  ...callOptionKinds,
  author: required(text),
  address: text,
  comment: text,
  revision: anything(),
}

const saveDraftOptionKinds: OptionKinds<SaveDraftOptions> = { ...draftOptionKinds, base: anything() }

const publishDraftOptionKinds: OptionKinds<PublishAllOptions & Pick<DraftOptions, 'revision'>> = {
  ...publishAllOptionKinds,
  revision: anything(),
}

/** What is different of a draft afterwards. */
type Change = (draft: Draft, deadline: Deadline) => Promise<Partial<Pick<Draft, 'state' | 'approvals'>>>

const maxRaces = 20

/** Drafts, one for each path: saved, submitted, approved by others, published. */
export class Drafts {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #publisher: Publisher

  /** @internal Made by `ConfigCenter`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher
    this.#etcd = publisher.parts.etcd
    this.#clock = publisher.parts.clock
  }

  /**
   * Saves a draft: text, bytes, or `undefined` to propose a deletion. It need not parse yet. What was approved or
   * submitted before is a draft again. Fails with `conflict` when the path has a draft of somebody else.
   */
  async save(path: string, content: string | Uint8Array | undefined, options: SaveDraftOptions): Promise<Draft> {
    checkOptions('drafts.save', options, saveDraftOptionKinds)
    const bytes = content === undefined ? undefined : contentBytes(path, content)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const known = await this.#read(path, deadline)
    if (known && known.author !== options.author && options.revision === undefined) {
      throw new WaypostError('conflict', `${path} has a draft of ${known.author}. Give its revision to take it over.`, {
        details: { path, author: known.author },
      })
    }
    checkRevision(path, known, options.revision)
    const base = options.base ?? known?.base ?? (await this.#publisher.states([path], deadline))[0]?.recorded ?? 0
    const { author, comment } = options
    const at = new Date(this.#clock.epochMs()).toISOString()
    const stored = bytes && storeContent(bytes)
    const draft: DraftRecord = { base, content: stored, author, comment, at, state: 'draft', approvals: [] }
    const revision = await this.#write('draft.save', path, known?.revision ?? 0n, draft, options, deadline)
    return { ...draft, path, bytes, revision }
  }

  /** Fails with `data-loss` when its record is damaged. */
  get(path: string, options?: CallOptions): Promise<Draft | undefined> {
    return this.#read(path, new Deadline({ ...checkedCallOptions('drafts.get', options), clock: this.#clock }))
  }

  /** All drafts, and what has become of each. */
  async list(options?: CallOptions): Promise<DraftList> {
    const drafts: Draft[] = []
    const damaged: DamagedRecord[] = []
    const range = { prefix: recordFolders.drafts }
    for await (const stored of this.#etcd.kv.list(
      range,
      new Deadline({ ...checkedCallOptions('drafts.list', options), clock: this.#clock }).call(),
    )) {
      const { record, damage } = readDraft(stored)
      if (record) drafts.push(record)
      else damaged.push({ key: stored.key, reason: damage })
    }
    return { drafts, damaged }
  }

  /** Says that a draft is ready to be looked at. It must parse and fit the schema that is stored for its path. */
  submit(path: string, options: DraftOptions): Promise<Draft> {
    return this.#change('draft.submit', path, options, async (draft, deadline) => {
      if (draft.state !== 'draft') throw wrongState(draft, 'submitted')
      await checkDocuments(this.#publisher.parts, [draft], deadline)
      return { state: 'submitted' }
    })
  }

  /** Approves a submitted draft of somebody else. With as many approvals as its policy asks for, one at least, it is approved. */
  approve(path: string, options: DraftOptions): Promise<Draft> {
    const { author: by, comment } = options
    return this.#change('draft.approve', path, options, async (draft, deadline) => {
      if (draft.state === 'draft') throw wrongState(draft, 'approved')
      const policy = await policyFor(this.#etcd, path, deadline)
      if (by === draft.author) throw denied(`${by} wrote the draft of ${path}; another person must approve it.`)
      if (policy?.approvers && !policy.approvers.includes(by)) {
        throw denied(`${by} may not approve ${path}: the policy for "${policy.scope}" names who may.`)
      }
      const at = new Date(this.#clock.epochMs()).toISOString()
      const approvals = [...draft.approvals.filter((approval) => approval.by !== by), { by, at, comment }]
      const state = approvals.length >= Math.max(1, policy?.approvals ?? 1) ? 'approved' : 'submitted'
      return { state, approvals }
    })
  }

  /** Gives a submitted or approved draft back to its author, with the reason as the comment of the audit. */
  reject(path: string, options: DraftOptions): Promise<Draft> {
    return this.#change('draft.reject', path, options, async (draft) => {
      if (draft.state === 'draft') throw wrongState(draft, 'rejected')
      return { state: 'draft', approvals: [] }
    })
  }

  /** Deletes a draft. */
  async discard(path: string, options: DraftOptions): Promise<void> {
    checkOptions('drafts.discard', options, draftOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const draft = await this.#existing(path, deadline)
    checkRevision(path, draft, options.revision)
    await this.#write('draft.discard', path, draft.revision, undefined, options, deadline)
  }

  /**
   * Releases a draft, and deletes it in the same transaction. Fails with `failed-precondition` when its path asks for
   * approvals that it does not have, and with `conflict` when the document has changed since the draft's base.
   */
  async publish(
    path: string,
    options: PublishAllOptions & { readonly revision?: bigint | undefined } = {},
  ): Promise<PublishedRelease> {
    checkOptions('drafts.publish', options, publishDraftOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    const draft = await this.#existing(path, deadline)
    checkRevision(path, draft, options.revision)
    const approved = await checkDraftApproval(this.#etcd, draft, options, deadline)
    const change = planChange(path, draft.bytes === undefined ? 'delete' : 'publish', draft.bytes, draft.base)
    const { author = draft.author, comment = draft.comment } = options
    return this.#publisher.releaseOne(change, {
      ...options,
      ...deadline.call(),
      author,
      comment,
      approved,
      companions: async (inner) => {
        checkRevision(path, await this.#existing(path, inner), draft.revision)
        return {
          action: 'draft.publish',
          conditions: [modRevision(draftKey(path)).equals(draft.revision)],
          writes: [{ key: draftKey(path), value: undefined }],
        }
      },
    })
  }

  async #change(action: string, path: string, options: DraftOptions, change: Change): Promise<Draft> {
    checkOptions(action.replace('draft.', 'drafts.'), options, draftOptionKinds)
    const deadline = new Deadline({ ...options, clock: this.#clock })
    for (let race = 0; race < maxRaces; race++) {
      const draft = await this.#existing(path, deadline)
      checkRevision(path, draft, options.revision)
      const next = { ...draft, ...(await change(draft, deadline)) }
      const { path: _, revision, bytes, ...rest } = next
      const record = { ...rest, content: bytes && storeContent(bytes) }
      try {
        return { ...next, revision: await this.#write(action, path, revision, record, options, deadline) }
      } catch (error) {
        if (!WaypostError.is(error, 'conflict')) throw error
      }
    }
    throw changed(path)
  }

  async #write(
    action: string,
    path: string,
    revision: bigint,
    draft: DraftRecord | undefined,
    { author, address, comment }: DraftOptions,
    deadline: Deadline,
  ): Promise<bigint> {
    const key = draftKey(path)
    const write = {
      conditions: [modRevision(key).equals(revision)],
      writes: [{ key, value: draft && serializeDraft(draft) }],
      audit: { author, address, action, paths: [path], comment },
    }
    const written = await commitAudited(this.#etcd, this.#clock, write, deadline)
    if (written === undefined) throw changed(path)
    return written
  }

  async #existing(path: string, deadline: Deadline): Promise<Draft> {
    const draft = await this.#read(path, deadline)
    if (draft) return draft
    throw new WaypostError('not-found', `${path} has no draft.`, { details: { path } })
  }

  async #read(path: string, deadline: Deadline): Promise<Draft | undefined> {
    const stored = await this.#etcd.kv.get(draftKey(path), deadline.call())
    if (stored === undefined) return undefined
    const { record, damage } = readDraft(stored)
    if (record) return record
    throw new WaypostError('data-loss', `The draft ${draftKey(path)} is damaged: ${damage}. Delete that key.`)
  }
}

function checkRevision(path: string, draft: Draft | undefined, revision: bigint | undefined): void {
  if (revision !== undefined && (draft?.revision ?? 0n) !== revision) throw changed(path)
}

function changed(path: string): WaypostError {
  return new WaypostError('conflict', `The draft of ${path} has changed in the meantime. Read it again.`, {
    details: { path },
  })
}

function denied(message: string): WaypostError {
  return new WaypostError('permission-denied', message)
}

function wrongState({ path, state }: Draft, wanted: string): WaypostError {
  const advice = state === 'draft' ? 'Submit it first.' : 'Save it again to change it.'
  return new WaypostError(
    'failed-precondition',
    `The draft of ${path} is ${state === 'draft' ? 'not submitted' : state}, so it cannot be ${wanted}. ${advice}`,
  )
}
