import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, WaypostError } from '@waypost/core'
import { boolean, type OptionKinds, text } from '@waypost/core/options'
import { configRange, pathOf } from '../../config-path.ts'
import { checkApproval } from '../policies/policies.ts'
import { maxDocuments, type PlannedChange, planChange, transactionBytes } from '../publish/planned-change.ts'
import type { PublishPreview } from '../publish/preview.ts'
import {
  type MaybeDryRun,
  type PublishAllOptions,
  type PublishedRelease,
  publishAllOptionKinds,
} from '../publish/publish-options.ts'
import type { Publisher } from '../publish/publisher.ts'
import { makesRelease } from '../publish/release-write.ts'
import type { DocumentTree } from './document-tree.ts'

export interface ImportOptions extends PublishAllOptions {
  /** The part of the tree that is imported to, for example `order/`: every document must lie in it. Default all. */
  readonly prefix?: string | undefined
  /** Deletes, by releases, the documents below `prefix` that are not among those given. Default false. */
  readonly deleteOthers?: boolean | undefined
}

export const importOptionKinds: OptionKinds<ImportOptions & MaybeDryRun> = {
  ...publishAllOptionKinds,
  prefix: text,
  deleteOthers: boolean,
  dryRun: boolean,
}

/** What an import did. */
export interface ImportedDocuments {
  /** The releases that were made. */
  readonly releases: readonly PublishedRelease[]
  /** How many documents are unchanged. */
  readonly unchanged: number
}

/** What one transaction takes of documents and their records. */
const maxBatchBytes = 1_400_000

const defaultTimeoutMs = 60_000

/** The documents whose path starts with `prefix`, all as of one revision. */
export async function exportDocuments(
  etcd: EtcdClient,
  clock: Clock,
  prefix: string,
  options: CallOptions,
): Promise<DocumentTree> {
  const deadline = deadlineFor(0, clock, options)
  const documents = new Map<string, Uint8Array>()
  for await (const { key, bytes } of etcd.kv.list({ prefix: configRange(prefix) }, deadline.call())) {
    documents.set(pathOf(key), bytes)
  }
  return documents
}

/** What an import would do, all of it. */
export async function previewImport(
  publisher: Publisher,
  documents: DocumentTree,
  options: ImportOptions,
): Promise<PublishPreview> {
  const deadline = deadlineFor(documents.size, publisher.parts.clock, options)
  const changes = await plan(publisher.parts.etcd, documents, options, deadline)
  return publisher.preview(changes, { ...options, ...deadline.call() })
}

/**
 * Releases what differs from the documents given. All of it is validated together first. Up to 42 documents are one
 * transaction; more are several, first what is new, then what changes, then what goes. Fails with `conflict` when a
 * document changes meanwhile, and with `outcome-unknown` when the store goes away between two transactions;
 * `details.released` says then what had been released before.
 */
export async function importDocuments(
  publisher: Publisher,
  documents: DocumentTree,
  options: ImportOptions,
): Promise<ImportedDocuments> {
  const { etcd, clock } = publisher.parts
  const deadline = deadlineFor(documents.size, clock, options)
  const changes = await plan(etcd, documents, options, deadline)
  const steps = await publisher.planSteps(changes, deadline)
  await publisher.check(steps, options, deadline)
  const differing = steps
    .filter(makesRelease)
    .map(({ change, state }) => ({ ...change, expectedRelease: state.recorded }))
  await checkApproval(etcd, differing, options, deadline)
  const releases: PublishedRelease[] = []
  for (const batch of batches(differing.toSorted((a, b) => rank(a) - rank(b)))) {
    try {
      const bundle = await publisher.release(batch, { ...options, ...deadline.call(), validate: 'none' })
      releases.push(...bundle.releases)
    } catch (error) {
      throw afterSome(error, releases)
    }
  }
  return { releases, unchanged: changes.length - differing.length }
}

async function plan(
  etcd: EtcdClient,
  documents: DocumentTree,
  { prefix = '', deleteOthers = false }: ImportOptions,
  deadline: Deadline,
): Promise<readonly PlannedChange[]> {
  const changes = [...documents].map(([path, bytes]) => {
    if (path.startsWith(prefix)) return planChange(path, 'import', bytes, undefined)
    throw new WaypostError('invalid-argument', `${path} is not below ${prefix}.`, { details: { path, prefix } })
  })
  if (!deleteOthers) return changes
  if (documents.size === 0) {
    throw new WaypostError('invalid-argument', 'There is no document to import, and deleteOthers would delete all.')
  }
  const range = { prefix: configRange(prefix) }
  for await (const { key } of etcd.kv.list(range, { keysOnly: true, ...deadline.call() })) {
    if (!documents.has(pathOf(key))) changes.push(planChange(pathOf(key), 'delete', undefined, undefined))
  }
  return changes
}

/** Many documents take many transactions, and a store that is slow takes its time for each. */
function deadlineFor(count: number, clock: Clock, { signal, timeoutMs }: CallOptions): Deadline {
  return new Deadline({ clock, signal, timeoutMs: timeoutMs ?? defaultTimeoutMs * (1 + Math.floor(count / 1_000)) })
}

/** What others may refer to comes before what refers to it, and goes after. */
function rank({ bytes, expectedRelease }: PlannedChange): number {
  if (bytes === undefined) return 2
  return expectedRelease === 0 ? 0 : 1
}

function* batches(changes: readonly PlannedChange[]): Generator<readonly PlannedChange[]> {
  let batch: PlannedChange[] = []
  let size = 0
  for (const change of changes) {
    const bytes = bytesOf(change)
    if (batch.length === maxDocuments || (batch.length > 0 && size + bytes > maxBatchBytes)) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(change)
    size += bytes
  }
  if (batch.length > 0) yield batch
}

/** The path stands in three keys and as many conditions, and in the records. */
function bytesOf({ path, bytes }: PlannedChange): number {
  return 8 * Buffer.byteLength(path) + 1_000 + (bytes === undefined ? 0 : transactionBytes(bytes))
}

/** What a failed transaction says of itself is not true any more of an import that has released something before. */
function afterSome(error: unknown, released: readonly PublishedRelease[]): unknown {
  if (released.length === 0 || !WaypostError.is(error)) return error
  const message = `${error.message}\n${released.length} documents had been released before; import again to continue.`
  // These two promise that nothing was changed.
  const isAway = error.code === 'unavailable' || error.code === 'deadline-exceeded'
  const code = isAway ? 'outcome-unknown' : error.code
  return new WaypostError(code, message, { cause: error, details: { ...error.details, released } })
}
