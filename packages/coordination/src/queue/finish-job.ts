import { type Condition, createRevision, del, get, type KeyValue, type Operation, put } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import type { Batcher } from './batcher.ts'
import { leaveGroup, noGroupSteps } from './group-steps.ts'
import type { QueueKeys } from './queue-keys.ts'
import { type ClaimRecord, type FinishedRecord, isFinishedRecord, type JobState, readRecord } from './records.ts'
import type { Retention } from './retention.ts'

/** A claim that is to end. */
export interface Ending {
  readonly id: string
  readonly token: bigint
  readonly claim: ClaimRecord
  /** What else has to hold: that the worker's lease lives, or that it does not. */
  readonly also: Condition
}

export type Outcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'dead'; readonly error: string }
  | { readonly kind: 'again'; readonly state: JobState; readonly delayMs: number }

/** Ends claims: a job is done, dead, or goes back into the line. */
export class Finisher {
  readonly #parts: Parts
  readonly #keys: QueueKeys
  readonly #batcher: Batcher
  readonly #completed: Retention
  readonly #dead: Retention

  constructor(parts: Parts, keys: QueueKeys, batcher: Batcher, completed: Retention, dead: Retention) {
    this.#parts = parts
    this.#keys = keys
    this.#batcher = batcher
    this.#completed = completed
    this.#dead = dead
  }

  /** False: the claim was gone, because the worker's lease had ended, and nothing was changed. */
  async finish(ending: Ending, outcome: Outcome): Promise<boolean> {
    try {
      return await this.#finish(ending, outcome)
    } catch (error) {
      if (!WaypostError.is(error, 'lease-not-found')) throw error
      // Somebody has revoked the lease with which the record was to end.
      for (const retention of [this.#completed, this.#dead]) retention.forget()
      return this.#finish(ending, outcome)
    }
  }

  async #finish(ending: Ending, outcome: Outcome): Promise<boolean> {
    const { claim, id, token } = ending
    for (;;) {
      const nowMs = this.#parts.clock.epochMs()
      const leaves = outcome.kind !== 'again'
      const group = leaves
        ? await leaveGroup(this.#parts.etcd, this.#keys, claim.group, claim.order, nowMs)
        : noGroupSteps
      const held = [createRevision(this.#keys.claims + id).equals(token), ending.also]
      const steps: Operation<unknown>[] = [del(this.#keys.claims + id), ...group.steps]
      if (claim.slot !== undefined) steps.push(del(claim.slot))
      steps.push(...(await this.#steps(ending, outcome, nowMs)))
      const finishedKey = (outcome.kind === 'dead' ? this.#keys.dead : this.#keys.completed) + id
      const operation = this.#parts.etcd
        .txn()
        .if(...held, ...group.conditions)
        .do(...steps)
        .else(get(finishedKey))
        .asOperation()
      const result = await this.#batcher.run(operation, 600 + lengthOf(outcome))
      if (result.succeeded || isOurs(result.responses[0], token)) return true
      // Somebody joined the group meanwhile, or the claim is gone.
      if (group === noGroupSteps || !(await this.#isHeld(ending))) return false
    }
  }

  async #steps({ id, token, claim }: Ending, outcome: Outcome, nowMs: number): Promise<Operation<unknown>[]> {
    const keys = this.#keys
    const { attempt, order, worker, group } = claim
    const base = { attempt, order, worker, group, finishedAtMs: nowMs, token: String(token) }
    if (outcome.kind === 'completed') {
      const record: FinishedRecord = { ...base, state: 'completed', result: outcome.result }
      const lease = await this.#completed.lease()
      return [del(keys.jobs + id), put(keys.completed + id, JSON.stringify(record), { lease })]
    }
    if (outcome.kind === 'dead') {
      const record: FinishedRecord = { ...base, state: 'dead', error: outcome.error }
      const lease = await this.#dead.lease()
      // The data stays for as long as the dead letter, so that it can be tried again.
      const steps: Operation<unknown>[] = [put(keys.dead + id, JSON.stringify(record), { lease })]
      const job = await this.#parts.etcd.kv.get(keys.jobs + id)
      if (job) steps.push(put(keys.jobs + id, job.bytes, { lease }))
      return steps
    }
    const key = outcome.delayMs > 0 ? keys.delayedUntil(nowMs + outcome.delayMs, order) : keys.waiting + order
    return [put(key, JSON.stringify(outcome.state))]
  }

  async #isHeld({ id, token }: Ending): Promise<boolean> {
    return (await this.#parts.etcd.kv.get(this.#keys.claims + id))?.createRevision === token
  }
}

function isOurs(finished: KeyValue | undefined, token: bigint): boolean {
  return finished !== undefined && readRecord(finished.text(), isFinishedRecord)?.token === String(token)
}

function lengthOf(outcome: Outcome): number {
  if (outcome.kind === 'completed') return JSON.stringify(outcome.result)?.length ?? 0
  return outcome.kind === 'dead' ? outcome.error.length : (outcome.state.error?.length ?? 0)
}
