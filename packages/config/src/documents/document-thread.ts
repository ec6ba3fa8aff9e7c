import { onAbort } from '@waypost/core'
import type { ConfigObject } from '../config-value.ts'
import type { ConfigProblem, Position } from '../problem.ts'
import { parsedDocument, type ReadDocument } from './config-document.ts'
import type { JsonPath } from './json-path.ts'
import { addPiece, type ValuePiece } from './value-pieces.ts'

/** A larger document would hold up everything else in the process while it is parsed. */
export const largeBytes = 32 * 1024

export interface DocumentTask {
  readonly path: string
  readonly bytes: Uint8Array
  /** Asks for the places of these keys, and not for the value. */
  readonly keys?: readonly JsonPath[] | undefined
}

/** What the thread says. It waits for an answer, whatever it is, after each piece. */
export type DocumentThreadMessage =
  | { readonly kind: 'piece'; readonly piece: ValuePiece }
  | { readonly kind: 'done' }
  | { readonly kind: 'places'; readonly places: readonly Position[] }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] }

/**
 * Reads a document as `readDocument` does, in a thread of its own, and takes its value in a piece at a time: other work
 * goes on meanwhile. Rejects when there can be no thread, and as the signal does; parsing ends by itself, as it is
 * linear.
 */
export function readDocumentInThread({ path, bytes }: DocumentTask, signal?: AbortSignal): Promise<ReadDocument> {
  const value: ConfigObject = {}
  return inThread<ReadDocument>({ path, bytes }, signal, (message, next) => {
    if (message.kind === 'problems') return { problems: message.problems }
    if (message.kind === 'done') return { document: parsedDocument(path, bytes, value) }
    if (message.kind === 'piece') addPiece(value, message.piece)
    next()
    return undefined
  })
}

/**
 * Where keys stand in a document that parses, in their order; found in a thread of its own. Rejects as
 * `readDocumentInThread` does.
 */
export function locateInThread(
  task: DocumentTask & { readonly keys: readonly JsonPath[] },
  signal?: AbortSignal,
): Promise<readonly Position[]> {
  return inThread(task, signal, (message) => (message.kind === 'places' ? message.places : undefined))
}

/** @param take the result, once a message brings it; `next` asks for another piece */
async function inThread<T>(
  { path, bytes, keys }: DocumentTask,
  signal: AbortSignal | undefined,
  take: (message: DocumentThreadMessage, next: () => void) => T | undefined,
): Promise<T> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const here = import.meta.url
  // From the sources, as in tests, the built one is used.
  const built = here.endsWith('.ts') ? here.replace('/src/', '/dist/') : here
  signal?.throwIfAborted()
  const task: DocumentTask = { path, bytes: new Uint8Array(bytes), keys }
  const worker = new Worker(new URL('document-worker.js', built), { workerData: task, execArgv: [], env: {} })
  let off = (): void => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      off = onAbort(signal, () => reject(signal?.reason))
      worker.on('message', (message: DocumentThreadMessage) => {
        const result = take(message, () => worker.postMessage('next'))
        if (result !== undefined) resolve(result)
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`The thread ended early with ${code}.`)))
    })
  } finally {
    off()
    await worker.terminate()
  }
}
