import { readEnvironment } from 'waypost/environment'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { actingUser } from './acting-user.ts'

export const defaultEndpoint = 'http://127.0.0.1:2379'

/** What a change would be made to, for the question before it: the store, the namespace and the user. */
export function storeTarget(options: GlobalOptions): string {
  const environment = readEnvironment()
  const endpoints = [options.endpoints ?? environment.endpoints ?? defaultEndpoint].flat().join(',')
  const namespace = options.namespace ?? environment.namespace
  const context = options.contextName === undefined ? '' : `context ${options.contextName}, `
  return `${context}${endpoints}, ${namespace ? `namespace ${namespace}` : 'no namespace'}, as ${actingUser(options)}`
}
