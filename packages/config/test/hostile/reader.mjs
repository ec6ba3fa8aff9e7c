// Reads documents in a thread of its own, so that the test can end it. Each answer says what became of one.
import { parentPort } from 'node:worker_threads'
import { resolveDocuments } from '@waypost/config'

parentPort?.on('message', ({ path, text }) => {
  const bytes = Buffer.from(text)
  const lookUp = {
    document: (asked) => (asked === path ? { bytes, modRevision: 1n } : undefined),
  }
  const { config, problems } = resolveDocuments(lookUp, { app: 'app' })
  // What everybody does next with a configuration: write it down.
  const size = config === undefined ? 0 : JSON.stringify(config.value).length
  parentPort?.postMessage({ size, problems: problems?.length ?? 0, message: problems?.[0]?.message.slice(0, 200) })
})
