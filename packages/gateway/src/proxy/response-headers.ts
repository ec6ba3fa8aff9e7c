import type { HeaderEdits } from '../routes/route.ts'
import { editHeaders, hasEdits, removeHeader, setHeader } from './header-edits.ts'
import { connectionOptions, isHopByHop } from './hop-by-hop.ts'

/** The headers of an instance's answer for the client: without those of the connection to the instance. */
function responseHeaders(headers: readonly string[]): string[] {
  const options = connectionOptions(headers)
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const rawName = headers[index] ?? ''
    if (isHopByHop(rawName) || options?.has(rawName.toLowerCase())) continue
    kept.push(rawName, headers[index + 1] ?? '')
  }
  return kept
}

/** The first value of a header; `undefined` when it is not there. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    const present = headers[index] ?? ''
    if (present.length === name.length && present.toLowerCase() === name) return headers[index + 1]
  }
  return undefined
}

/** The headers of an instance's answer as the client gets them: edited by the route, then by its policies. */
export function clientHeaders(
  headers: readonly string[],
  edits: HeaderEdits,
  policyHeaders: readonly (readonly [name: string, value: string])[],
): string[] {
  const relayed = responseHeaders(headers)
  removeHeader(relayed, 'x-request-id')
  if (hasEdits(edits)) editHeaders(relayed, edits)
  setPolicyHeaders(relayed, policyHeaders)
  return relayed
}

/** `Vary` says what an answer depends on: what a policy adds does not take away what the instance said. */
export function setPolicyHeaders(
  headers: string[],
  policyHeaders: readonly (readonly [name: string, value: string])[],
): void {
  for (const [name, value] of policyHeaders) {
    if (name === 'vary') headers.push(name, value)
    else setHeader(headers, name, value)
  }
}
