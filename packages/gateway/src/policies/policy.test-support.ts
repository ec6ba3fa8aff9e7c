import { systemClock } from '@waypost/core'
import type { PolicySpec } from '../document/policy-spec.ts'
import type { RequestFacts } from '../request/request-facts.ts'
import { createPolicy } from './create-policy.ts'
import type { Identity, Policy, PolicyContext, PolicyDecision } from './policy.ts'
import type { PolicyParts } from './policy-parts.ts'

export function facts(headers: Record<string, string> = {}, more: Partial<RequestFacts> = {}): RequestFacts {
  return {
    method: 'GET',
    scheme: 'https',
    host: 'shop.example.com',
    path: '/orders',
    search: '',
    headers,
    clientAddress: '192.0.2.7',
    certificate: undefined,
    ...more,
  }
}

export function context(identity?: Identity, signal = new AbortController().signal): PolicyContext {
  return { route: 'orders', identity, signal }
}

export function policyOf(spec: PolicySpec, parts: Partial<PolicyParts> = {}): Policy {
  return createPolicy('p', spec, {
    clock: systemClock,
    fetch: () => Promise.reject(new Error('Nothing is fetched here.')),
    workers: 1,
    onNotice: () => {},
    ...parts,
  })
}

/** `continue`, or status and code of the answer. */
export async function outcome(policy: Policy, request: RequestFacts, identity?: Identity): Promise<string> {
  return outcomeOf(await policy.check(request, context(identity)))
}

export function outcomeOf(decision: PolicyDecision): string {
  return decision.kind === 'continue' ? 'continue' : `${decision.answer.status} ${decision.answer.code ?? ''}`.trim()
}
