// Parses and renders one template; started by template-thread.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, WaypostError } from '@waypost/core'
import { Liquid } from 'liquidjs'
import { fromClone } from './encrypted-text.ts'
import type { FilterAnswer, TemplateTask, ThreadMessage } from './template-thread.ts'

/** In characters. */
const maxTemplateLength = 1_000_000

/** About what a rendering may hold in memory, in characters and list items. */
const maxRenderedSize = 50_000_000

/** A filter on the other side failed. */
class FilterError extends Error {
  readonly call: number

  constructor(call: number, message: string) {
    super(message)
    this.call = call
  }
}

const waiting = new Map<number, (answer: FilterAnswer) => void>()
let calls = 0

function say(message: ThreadMessage): void {
  parentPort?.postMessage(message)
}

function ask(filter: string, subject: unknown, args: readonly unknown[]): Promise<unknown> {
  const call = ++calls
  return new Promise((resolve, reject) => {
    waiting.set(call, (answer) => {
      if ('failed' in answer) reject(new FilterError(call, answer.failed))
      else resolve(fromClone(answer.value))
    })
    say({ kind: 'ask', call, filter, subject, args })
  })
}

parentPort?.on('message', (answer: FilterAnswer) => {
  waiting.get(answer.call)?.(answer)
  waiting.delete(answer.call)
})

async function run({ text, filters, env }: TemplateTask): Promise<string> {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    parseLimit: maxTemplateLength,
    memoryLimit: maxRenderedSize,
    // With these, and none, partial templates are not looked for in files.
    templates: {},
  })
  for (const filter of filters) {
    engine.registerFilter(filter, (subject: unknown, ...args: readonly unknown[]) => ask(filter, subject, args))
  }
  const parsed = engine.parse(text)
  return env === undefined ? '' : String(await engine.render(parsed, { env }))
}

/** Liquid's errors hold what was thrown within them. */
function failure(error: unknown): ThreadMessage {
  const within: unknown = error instanceof Error && 'originalError' in error ? error.originalError : error
  const inner = WaypostError.is(within) ? { code: within.code, message: within.message } : undefined
  return {
    kind: 'failed',
    message: messageOf(error),
    call: within instanceof FilterError ? within.call : undefined,
    inner,
  }
}

run(workerData as TemplateTask).then(
  (text) => say({ kind: 'done', text }),
  (error: unknown) => say(failure(error)),
)
