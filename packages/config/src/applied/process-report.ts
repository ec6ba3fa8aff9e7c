import { randomBytes } from 'node:crypto'
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
  readonly #keys = new Set<string>()

  constructor(confirmations: Confirmations, clock: Clock, consumer: Omit<ConsumerRecord, 'documents'>) {
    this.#confirmations = confirmations
    this.#clock = clock
    this.#consumer = consumer
    this.process = `${consumer.instance}~${randomBytes(6).toString('hex')}`
  }

  /** Every path that is read if it is there. */
  reads(documents: readonly string[]): void {
    const text = serializeConsumer({ ...this.#consumer, documents })
    this.#set(consumerKey(this.process), text, text)
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
    for (const key of this.#keys) this.#confirmations.delete(key)
    this.#keys.clear()
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
    const fingerprint = JSON.stringify([record, String(text?.revision)])
    const at = new Date(this.#clock.epochMs()).toISOString()
    this.#set(appliedKey(path, this.process), fingerprint, serializeApplied({ ...record, revision, at }))
  }

  #set(key: string, fingerprint: string, text: string): void {
    this.#keys.add(key)
    this.#confirmations.set({ key, fingerprint, text })
  }

  #keepOnly(paths: readonly string[]): void {
    const kept = new Set([consumerKey(this.process), ...paths.map((path) => appliedKey(path, this.process))])
    for (const key of this.#keys) {
      if (kept.has(key)) continue
      this.#keys.delete(key)
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
