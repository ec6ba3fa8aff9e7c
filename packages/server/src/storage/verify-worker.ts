import { workerData } from 'node:worker_threads'
import { answerFromThread } from '../serve-tasks.ts'
import { inspectTree, isFaultless } from './tree-inspection.ts'
import type { Verdict, VerifyTask } from './verify-in-thread.ts'

const { treePath }: VerifyTask = workerData
await answerFromThread((): Verdict => {
  const inspection = inspectTree(treePath, { hasChecksums: true, revisions: 'all' })
  return { isFaultless: isFaultless(inspection), problem: inspection.problems[0] }
})
