import { runThread } from '../../run-thread.ts'

/** What the thread is asked for: an encoded response as JSON. */
export interface JsonTask {
  readonly rpcPath: string
  readonly message: Uint8Array
}

/** Answers that wait for their turn. */
let turn: Promise<unknown> = Promise.resolve()

/** Makes JSON of a long response in a thread of its own, one response at a time. */
export function jsonInThread(task: JsonTask): Promise<Uint8Array> {
  const made = turn.then(() => runThread<Uint8Array>('./json-worker.js', import.meta.url, task))
  turn = made.catch(() => {})
  return made
}
