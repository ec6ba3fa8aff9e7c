import { parentPort } from 'node:worker_threads'
import { compareSync, hashSync } from 'bcryptjs'

/** A question to the worker that computes password hashes. */
export type PasswordTask =
  | { readonly id: number; readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly id: number; readonly kind: 'verify'; readonly password: string; readonly hash: string }

export interface PasswordAnswer {
  readonly id: number
  /** The hash, or whether the password fits. Undefined when the hash is none. */
  readonly result: string | boolean | undefined
}

parentPort?.on('message', (task: PasswordTask) => {
  parentPort?.postMessage({ id: task.id, result: resultOf(task) } satisfies PasswordAnswer)
})

function resultOf(task: PasswordTask): string | boolean | undefined {
  try {
    return task.kind === 'hash' ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash)
  } catch {
    return undefined
  }
}
