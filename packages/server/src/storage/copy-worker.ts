import { workerData } from 'node:worker_threads'
import { answerFromThread } from '../serve-tasks.ts'
import type { CopyTask } from './copy-in-thread.ts'
import { copyTree } from './tree-copy.ts'

const { from, to, directory, directoryId }: CopyTask = workerData
await answerFromThread(async () => {
  const { problems } = await copyTree(from, to, { directory, directoryId, hasChecksums: true, isOrdered: true })
  if (problems[0] !== undefined) throw new Error(`The tree in ${from} is damaged: ${problems[0]}.`)
})
