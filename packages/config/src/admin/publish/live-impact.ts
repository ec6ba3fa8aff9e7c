import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { canaryFor } from '../../canary/assign.ts'
import { ParsedDocuments } from '../../layers/parsed-documents.ts'
import { mergeWalked, type Resolution } from '../../layers/resolve.ts'
import { type DocumentLookUp, type Walked, walkLayers } from '../../layers/walk.ts'
import { differencesOf, type KeyDifference } from '../../live/differences.ts'
import { ReadDocuments } from '../../live/read-documents.ts'
import type { ConfigProblem } from '../../problem.ts'
import type { CanariesRecord } from '../../records/canary.ts'
import type { ConsumerRecord } from '../../records/consumer.ts'
import { ciphersOf } from '../../secrets/decrypt-layers.ts'
import type { DocumentChecks } from '../schemas/document-checks.ts'
import type { LiveConsumer, LiveConsumers } from './live-consumers.ts'
import { newSchemaViolations } from './new-schema-violations.ts'
import { inFront } from './resolve-proposed.ts'

/** What the impact is found by. */
export interface ImpactParts {
  readonly etcd: EtcdClient
  readonly consumers: LiveConsumers
  readonly checks: DocumentChecks
}

/** What would be in the store. */
export interface Hypothesis {
  /** By path; `undefined` for a document that would be deleted. */
  readonly documents: ReadonlyMap<string, Uint8Array | undefined>
  /** By path. */
  readonly canaries?: ReadonlyMap<string, CanariesRecord> | undefined
}

/** Live processes for which a publish would come to the same. */
export interface AffectedProcesses {
  readonly app: string
  readonly profile: string | undefined
  readonly version: string | undefined
  /** The ids of the instances. */
  readonly instances: readonly string[]
  /** What would change for them, key by key. Secrets are shown as `[secret]`. */
  readonly changes: readonly KeyDifference[]
  /** Why they would reject it, where they do not reject already what there is; empty when they would take it. */
  readonly breaks: readonly ConfigProblem[]
}

type Consumers = readonly LiveConsumer[]

/**
 * What would change for whom among the live processes, and who would reject it: the configuration of each is resolved
 * as it is and as it would be, and held against the schema that the process registered.
 */
export async function liveImpact(
  { etcd, consumers: live, checks }: ImpactParts,
  hypothesis: Hypothesis,
  deadline: Deadline,
): Promise<readonly AffectedProcesses[]> {
  const paths = new Set([...hypothesis.documents.keys(), ...(hypothesis.canaries?.keys() ?? [])])
  if (paths.size === 0) return []
  const { consumers, revision } = await live.read(deadline)
  const concerned = consumers.filter(({ documents }) => documents.some((path) => paths.has(path)))
  if (concerned.length === 0) return []
  const evaluation = new Evaluation(
    new ReadDocuments(etcd, () => deadline.call(), revision),
    hypothesis,
    checks,
    deadline,
  )
  const affected: AffectedProcesses[] = []
  for (const alike of groupBy(concerned, ({ target }) => target)) {
    await evaluation.readFor(alike)
    for (const same of groupBy(alike, (consumer) => evaluation.canariesOf(consumer))) {
      affected.push(...(await evaluation.impactOn(same)))
    }
  }
  return affected.filter(({ changes, breaks }) => changes.length > 0 || breaks.length > 0)
}

class Evaluation {
  readonly #before: ReadDocuments
  readonly #after: DocumentLookUp
  readonly #parsed = new ParsedDocuments()
  readonly #checks: DocumentChecks
  readonly #deadline: Deadline
  /** The paths that have canaries, as it is or as it would be. */
  readonly #canaried = new Set<string>()

  constructor(before: ReadDocuments, hypothesis: Hypothesis, checks: DocumentChecks, deadline: Deadline) {
    this.#before = before
    this.#checks = checks
    this.#after = hypothetical(before, hypothesis)
    this.#deadline = deadline
  }

  /** Reads what the processes read, now and then. */
  async readFor(consumers: Consumers): Promise<void> {
    let reading = true
    while (reading) {
      reading = false
      for (const consumer of consumers) {
        for (const lookUp of [this.#before, this.#after]) {
          const { slots } = this.#walk(consumer, lookUp)
          if (await this.#before.add(slots)) reading = true
          for (const path of slots.flatMap((slot) => slot.paths)) {
            if (this.#before.canaries(path) || this.#after.canaries?.(path)) this.#canaried.add(path)
          }
        }
        // Without canaries all of them read the same.
        if (this.#canaried.size === 0) break
      }
      this.#deadline.call()
    }
  }

  /** Which canaries a process has, as it is and as it would be. */
  canariesOf(consumer: ConsumerRecord): string {
    const names = [...this.#canaried].map((path) =>
      [this.#before, this.#after].map((lookUp) => {
        const record = lookUp.canaries?.(path)
        return record && canaryFor(record, consumer)?.name
      }),
    )
    return JSON.stringify(names)
  }

  /** The impact on processes that read the same, one for each version and schema among them. */
  async impactOn(consumers: Consumers): Promise<readonly AffectedProcesses[]> {
    const [first] = consumers
    if (first === undefined) return []
    const walkedBefore = this.#walk(first, this.#before)
    const walkedAfter = this.#walk(first, this.#after)
    const before = mergeWalked(walkedBefore, {})
    const after = mergeWalked(walkedAfter, {})
    const changes = changesOf(withCiphers(walkedBefore, before), withCiphers(walkedAfter, after))
    const affected: AffectedProcesses[] = []
    for (const same of groupBy(consumers, ({ kind }) => kind)) {
      const [{ app, profile, version, schema } = first] = same
      const instances = same.map(({ instance }) => instance).toSorted()
      const breaks = await newSchemaViolations(before, after, schema, this.#checks)
      affected.push({ app, profile, version, instances, changes, breaks })
    }
    return affected
  }

  #walk(consumer: ConsumerRecord, lookUp: DocumentLookUp): Walked {
    return walkLayers(consumer, lookUp, consumer, this.#parsed)
  }
}

/** What is there, with what would be there in front. */
function hypothetical(actual: ReadDocuments, { documents, canaries }: Hypothesis): DocumentLookUp {
  return {
    ...inFront(documents, actual),
    canaries: (path) => canaries?.get(path) ?? actual.canaries(path),
  }
}

/**
 * The same with each encrypted value standing for itself, so that one that changes is told from one that does not.
 * The redactor hides it as it would the secret.
 */
function withCiphers(walked: Walked, resolution: Resolution): Resolution {
  const texts = new Map<string, string>()
  for (const { document } of walked.layers)
    for (const { value } of ciphersOf(document.value, [])) texts.set(value, value)
  return texts.size === 0 ? resolution : mergeWalked(walked, { texts })
}

function changesOf(before: Resolution, after: Resolution): readonly KeyDifference[] {
  if (before.config === undefined || after.config === undefined) return []
  return differencesOf(before.config.value, after.config.value, before.config.redactor, after.config.redactor)
}

function groupBy(consumers: Consumers, keyOf: (consumer: LiveConsumer) => string): readonly Consumers[] {
  const groups = new Map<string, LiveConsumer[]>()
  for (const consumer of consumers) {
    const key = keyOf(consumer)
    const group = groups.get(key)
    if (group) group.push(consumer)
    else groups.set(key, [consumer])
  }
  return [...groups.values()]
}
