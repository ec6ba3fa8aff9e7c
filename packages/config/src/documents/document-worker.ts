// Parses one document, or finds places in it; started by document-thread.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { readDocument } from './config-document.ts'
import type { DocumentTask, DocumentThreadMessage } from './document-thread.ts'
import { piecesOf } from './value-pieces.ts'

const { path, bytes, keys }: DocumentTask = workerData

function say(message: DocumentThreadMessage): void {
  parentPort?.postMessage(message)
}

const { document, problems } = readDocument(path, bytes)
if (document && keys) say({ kind: 'places', places: keys.map(document.locator()) })
else if (problems) say({ kind: 'problems', problems })
else {
  const pieces = piecesOf(document.value)
  const next = (): void => {
    const { value, done } = pieces.next()
    if (done !== true) say({ kind: 'piece', piece: value })
    else {
      say({ kind: 'done' })
      parentPort?.close()
    }
  }
  parentPort?.on('message', next)
  next()
}
