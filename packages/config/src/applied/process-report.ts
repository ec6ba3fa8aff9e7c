import type { Clock } from '@waypost/core'
import type { LayerText } from '../layers/walk.ts'
import type { ConfigProblem } from '../problem.ts'
import { type AppliedRecord, type AppliedState, serializeApplied } from '../records/applied.ts'
import { type ConsumerRecord, serializeConsumer } from '../records/consumer.ts'
import { appliedKey, consumerKey } from '../records/keys.ts'
import type { Confirmations } from './confirmations.ts'

/** A reason in a record is for a list of many processes; the process's own log has it whole. */
const maxReasonLength = 1000

/** What one loaded configuration tells publishers: who it is, and what it has made of each document. */
export class ProcessReport {
  /** Names the process in keys. Unique: two processes of one instance do not overwrite each other. */
  readonly process: string
  readonly #confirmations: Confirmations
  readonly #clock: Clock
  readonly #consumer: Omit<ConsumerRecord, 'documents'>
  /** By path; what this process says something of now. */
  readonly #keys = new Map<string, string>()
  #reads: readonly string[] = []

  constructor(
    process: string,
    confirmations: Confirmations,
    clock: Clock,
    consumer: Omit<ConsumerRecord, 'documents'>,
  ) {
    this.#confirmations = confirmations
    this.#clock = clock
    this.#consumer = consumer
    this.process = process
  }

  /** Every path that is read if it is there. */
  reads(documents: readonly string[]): void {
    if (documents.length === this.#reads.length && documents.every((path, index) => path === this.#reads[index])) return
    this.#reads = documents
    const text = serializeConsumer({ ...this.#consumer, documents })
    this.#confirmations.set({ key: consumerKey(this.process), fingerprint: text, serialize: () => text })
  }

  /** All of these are in force. */
  applied(texts: readonly LayerText[], revision: bigint): void {
    for (const text of texts) this.#confirm(text.path, 'applied', text, revision)
    this.#keepOnly(texts.map(({ path }) => path))
  }

  /** What differs from what is in force is being looked at. */
  pending(inForce: readonly LayerText[], texts: readonly LayerText[], revision: bigint): void {
    for (const text of texts) if (!includes(inForce, text)) this.#confirm(text.path, 'pending', text, revision)
  }

  /** What differs from what is in force was rejected; when nothing does, what the problems name was. */
  rejected(
    inForce: readonly LayerText[],
    texts: readonly LayerText[],
    problems: readonly ConfigProblem[],
    revision: bigint,
  ): void {
    const gone = inForce.map(({ path }) => path).filter((path) => !texts.some((text) => text.path === path))
    const differs = gone.length > 0 || texts.some((text) => !includes(inForce, text))
    for (const text of texts) {
      const named = problems.some(({ path }) => path === text.path)
      if (differs ? includes(inForce, text) : !named) this.#confirm(text.path, 'applied', text, revision)
      else this.#confirm(text.path, 'rejected', text, revision, reasonFor(text.path, problems))
    }
    for (const path of gone) this.#confirm(path, 'rejected', undefined, revision, reasonFor(path, problems))
    this.#keepOnly([...texts.map(({ path }) => path), ...gone])
  }

  close(): void {
    this.#keepOnly([])
    if (this.#reads.length > 0) this.#confirmations.delete(consumerKey(this.process))
    this.#reads = []
  }

  #confirm(path: string, state: AppliedState, text: LayerText | undefined, revision: bigint, reason?: string): void {
    const { app, profile, instance, version } = this.#consumer
    const record: Omit<AppliedRecord, 'at' | 'revision'> = {
      state,
      release: text?.release,
      checksum: text?.checksum,
      canary: text?.canary,
      reason,
      app,
      profile,
      instance,
      version,
    }
    const fingerprint = JSON.stringify([
      state,
      text?.release,
      text?.checksum,
      text?.canary,
      reason,
      String(text?.revision),
    ])
    const epochMs = this.#clock.epochMs()
    const serialize = (): string => serializeApplied({ ...record, revision, at: new Date(epochMs).toISOString() })
    this.#confirmations.set({ key: this.#keyOf(path), fingerprint, serialize })
  }

  #keyOf(path: string): string {
    const key = this.#keys.get(path) ?? appliedKey(path, this.process)
    this.#keys.set(path, key)
    return key
  }

  #keepOnly(paths: readonly string[]): void {
    for (const [path, key] of this.#keys) {
      if (paths.includes(path)) continue
      this.#keys.delete(path)
      this.#confirmations.delete(key)
    }
  }
}

/** Whether the same text of the same document is among some. */
function includes(texts: readonly LayerText[], { path, checksum, canary }: LayerText): boolean {
  return texts.some((text) => text.path === path && text.checksum === checksum && text.canary === canary)
}

function reasonFor(path: string, problems: readonly ConfigProblem[]): string {
  const own = problems.filter((problem) => problem.path === path)
  const reason = (own.length > 0 ? own : problems).map(({ message }) => message).join('\n')
  return reason.length <= maxReasonLength ? reason : `${reason.slice(0, maxReasonLength)}…`
}
