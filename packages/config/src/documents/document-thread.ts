import { onAbort } from '@waypost/core'
import type { ConfigObject } from '../config-value.ts'
import type { ConfigProblem } from '../problem.ts'
import { parsedDocument, type ReadDocument } from './config-document.ts'
import { addPiece, type ValuePiece } from './value-pieces.ts'

export interface DocumentTask {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What the thread says. It waits for an answer, whatever it is, after each piece. */
export type DocumentThreadMessage =
  | { readonly kind: 'piece'; readonly piece: ValuePiece }
  | { readonly kind: 'done' }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] }

/**
 * Reads a document as `readDocument` does, in a thread of its own, and takes its value in a piece at a time: other work
 * goes on meanwhile. Rejects when there can be no thread, and as the signal does; parsing ends by itself, as it is
 * linear.
 */
export async function readDocumentInThread({ path, bytes }: DocumentTask, signal: AbortSignal): Promise<ReadDocument> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const here = import.meta.url
  // From the sources, as in tests, the built one is used.
  const built = here.endsWith('.ts') ? here.replace('/src/', '/dist/') : here
  signal.throwIfAborted()
  const task: DocumentTask = { path, bytes: new Uint8Array(bytes) }
  const worker = new Worker(new URL('document-worker.js', built), { workerData: task, execArgv: [], env: {} })
  const value: ConfigObject = {}
  let off = (): void => {}
  try {
    return await new Promise<ReadDocument>((resolve, reject) => {
      off = onAbort(signal, () => reject(signal.reason))
      worker.on('message', (message: DocumentThreadMessage) => {
        if (message.kind === 'problems') resolve({ problems: message.problems })
        else if (message.kind === 'done') resolve({ document: parsedDocument(path, bytes, value) })
        else {
          addPiece(value, message.piece)
          worker.postMessage('next')
        }
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`The thread ended early with ${code}.`)))
    })
  } finally {
    off()
    await worker.terminate()
  }
}
