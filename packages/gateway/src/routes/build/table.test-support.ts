import { systemClock } from '@waypost/core'
import type { RoutesDocument } from '../../document/routes-document.ts'
import type { PolicyParts } from '../../policies/policy-parts.ts'
import type { RequestFacts } from '../../request/request-facts.ts'
import { readRequestTarget } from '../../request/request-target.ts'
import type { CompiledTable } from '../compiled-table.ts'
import { compileRoutes } from './compile-routes.ts'

export const policyParts: PolicyParts = {
  clock: systemClock,
  fetch: () => Promise.reject(new Error('nothing is fetched here')),
  workers: 1,
  onNotice: () => {},
}

/** The table of a document; throws with everything that is wrong with it. */
export function tableOf(document: RoutesDocument, parts = policyParts, previous?: CompiledTable): CompiledTable {
  const { table, issues } = compileRoutes(document, parts, previous)
  if (table) return table
  throw new Error(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

/** What is wrong with a document, a line each. */
export function issuesOf(document: RoutesDocument): readonly string[] {
  const { issues = [] } = compileRoutes(document, policyParts)
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** A request as `GET https://shop.example.com/a?b=c` says it. */
export function request(line: string, headers: Record<string, string> = {}): RequestFacts {
  const [method = '', url = ''] = line.split(' ')
  const [, scheme, host = '', target = '/'] = /^(https?):\/\/([^/?]*)(.*)$/.exec(url) ?? []
  const read = readRequestTarget(target === '' ? '/' : target, { encodedSlashes: 'keep', mergeSlashes: true })
  if ('status' in read) throw new Error(`${target} is refused`)
  return {
    method,
    scheme: scheme === 'http' ? 'http' : 'https',
    host,
    path: read.path,
    search: read.search,
    headers,
    clientAddress: '192.0.2.7',
    certificate: undefined,
  }
}
