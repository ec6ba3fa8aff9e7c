import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { compareSync, hashSync } from 'bcryptjs'

/** What a thread that computes password hashes is asked. It is asked one thing at a time. */
export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string }

/** The hash, or whether the password fits. Undefined when the hash is none. */
export type PasswordAnswer = string | boolean | undefined

/** On the scale of `nice`: a third of the time of those who answer requests, where processors are scarce. */
const lowerBy = 5

// On Linux a priority belongs to a thread, elsewhere to the process.
if (process.platform === 'linux') setPriority(Math.min(19, getPriority() + lowerBy))

parentPort?.on('message', (task: PasswordTask) => {
  parentPort?.postMessage(answerTo(task))
})

function answerTo(task: PasswordTask): PasswordAnswer {
  try {
    return task.kind === 'hash' ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash)
  } catch {
    return undefined
  }
}
