import type { EtcdClient } from '@waypost/client'
import { reportError } from '../command-line/report-error.ts'

/** The endpoints that were given, or those of every member that the store knows. */
export async function memberEndpoints(etcd: EtcdClient, ofCluster: boolean | undefined): Promise<readonly string[]> {
  if (!ofCluster) return etcd.endpoints
  return (await etcd.cluster.members()).flatMap(({ clientUrls }) => clientUrls)
}

/** Asks every endpoint, prints each answer, and reports each failure, which makes the command fail at its end. */
export async function forEachEndpoint(
  endpoints: readonly string[],
  ask: (endpoint: string) => Promise<void>,
): Promise<void> {
  for (const endpoint of endpoints) await ask(endpoint).catch(reportError)
}
