import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, WaypostError } from '@waypost/core'
import { startHub } from '@waypost/hub'
import { documentChecks } from '../../store/document-checks.ts'
import type { HubOrder, HubThreadData, HubThreadMessage } from './hub-thread.ts'
import { lineLogger } from './server-logger.ts'

/** The hub beside a store, in a thread of its own: neither waits for the other. */
const { options, isPortGiven, logLevel, logFormat }: HubThreadData = workerData

const tell = (message: HubThreadMessage): void => parentPort?.postMessage(message)

try {
  const logger = logLevel === 'silent' ? (false as const) : await lineLogger(logLevel, logFormat)
  const hub = await startHub({ ...options, logger, checks: documentChecks }).catch(async (error: unknown) => {
    // The usual port is taken: any other will do, unless this one was asked for.
    const isTaken = WaypostError.is(error, 'port-in-use') && error.details.protocol !== 'dns'
    if (isPortGiven || !isTaken) throw error
    return await startHub({ ...options, port: 0, logger, checks: documentChecks })
  })
  parentPort?.on('message', (order: HubOrder) => {
    if (order === 'close') void hub.close().finally(() => parentPort?.close())
    // What is wrong with them is the store's to say: they are the same.
    else if (options.tls !== undefined) hub.reloadCertificates().catch(() => {})
  })
  tell({ kind: 'ready', url: hub.url, dns: hub.dns && { host: hub.dns.host, port: hub.dns.port } })
} catch (error) {
  tell({ kind: 'failed', message: messageOf(error) })
  parentPort?.close()
}
