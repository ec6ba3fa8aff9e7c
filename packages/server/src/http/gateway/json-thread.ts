import { runThread } from '../../run-thread.ts'
import { headroomBytes } from './limits.ts'

/** What the thread is asked for: an encoded response as JSON. */
export interface JsonTask {
  readonly rpcPath: string
  readonly message: Uint8Array
}

/** Answers that wait for their turn. */
let turn: Promise<unknown> = Promise.resolve()

/** Makes JSON of a long response in a thread of its own, one response at a time. The message must not be used any more. */
export function jsonInThread(task: JsonTask): Promise<Uint8Array> {
  const made = turn.then(() =>
    runThread<Uint8Array>('./json-worker.js', import.meta.url, task, ownMemory(task.message)),
  )
  turn = made.catch(() => {})
  return made
}

/** The memory of a long message is its own, as a rule, and is given away: copying it takes longer than others can wait. */
function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength - byteLength <= headroomBytes ? [buffer] : []
}
