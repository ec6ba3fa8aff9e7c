import { messageOf, WaypostError, type WaypostErrorCode } from '@waypost/core'
import type { Variables } from '../identity.ts'
import { type ClonedValue, toClone } from './encrypted-text.ts'

/** What a thread is asked to do: to parse a template, and to render it when there is an environment for it. */
export interface TemplateTask {
  readonly text: string
  readonly filters: readonly string[]
  readonly env: Variables | undefined
}

/** What the thread says. `call` numbers what it asks a filter for. */
export type ThreadMessage =
  | {
      readonly kind: 'ask'
      readonly call: number
      readonly filter: string
      readonly subject: unknown
      readonly args: readonly unknown[]
    }
  | { readonly kind: 'done'; readonly text: string }
  | {
      readonly kind: 'failed'
      readonly message: string
      /** Which filter's failure it is. */
      readonly call: number | undefined
      /** What was thrown within the template, when it has a code. */
      readonly inner: { readonly code: WaypostErrorCode; readonly message: string } | undefined
    }

/** What the thread is answered. */
export type FilterAnswer =
  | { readonly call: number; readonly value: ClonedValue }
  | { readonly call: number; readonly failed: string }

/** The template is wrong, in Liquid's words. `cause` is what a filter rejected with. */
export class TemplateFailure extends Error {}

/** Liquid counts what a rendering holds; beyond this the thread ends, whatever it counted. */
const maxHeapMb = 512

/**
 * Runs a template in a thread of its own, and ends the thread when the signal fires: whatever a tag or a filter does,
 * it takes neither longer nor more memory, and nothing else waits for it. `apply` runs here. Rejects with
 * `TemplateFailure` when the template is wrong.
 */
export async function runTemplate(
  task: TemplateTask,
  apply: (filter: string, subject: unknown, args: readonly unknown[]) => Promise<unknown>,
  signal: AbortSignal,
): Promise<string> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const here = import.meta.url
  // From the sources, as in tests, the built one is used.
  const built = here.endsWith('.ts') ? here.replace('/src/', '/dist/') : here
  signal.throwIfAborted()
  const worker = new Worker(new URL('template-worker.js', built), {
    workerData: task,
    execArgv: [],
    // It sees the environment that it is given.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
  const errors = new Map<number, unknown>()
  let stop = (): void => {}
  try {
    return await new Promise<string>((resolve, reject) => {
      stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop)
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'done') resolve(message.text)
        else if (message.kind === 'failed') {
          const { call, inner } = message
          const own = inner && new WaypostError(inner.code, inner.message)
          const cause = call === undefined ? own : errors.get(call)
          reject(new TemplateFailure(message.message, { cause }))
        } else {
          const { call, filter, subject, args } = message
          const answer = (reply: FilterAnswer): void => worker.postMessage(reply)
          apply(filter, subject, args)
            .then((value) => answer({ call, value: toClone(value) }))
            .catch((error: WaypostError) => {
              errors.set(call, error)
              answer({ call, failed: messageOf(error) })
            })
        }
      })
      worker.on('error', (error) => reject(startFailure(error)))
      worker.on('exit', (code) => reject(new TemplateFailure(`The thread ended early with ${code}.`)))
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

/** The template engine is an optional peer of this package: applications that render nothing do without it. */
function startFailure(error: unknown): Error {
  const message = messageOf(error)
  return /Cannot find (package|module) 'liquidjs'/.test(message)
    ? new WaypostError('failed-precondition', 'Templates need the package liquidjs: npm install liquidjs', {
        cause: error,
      })
    : new TemplateFailure(message, { cause: error })
}
