import type { Instance } from '@waypost/registry'
import type { Answer } from '../request/answer.ts'
import type { RouteParams } from '../routes/route.ts'
import type { ExplainedRequest, Rejection } from './explain-request.ts'

/** An instance that a request could go to. */
export interface CandidateFacts {
  readonly id: string
  readonly address: string
  readonly status: Instance['status']
  readonly version: string | undefined
  readonly zone: string | undefined
  readonly weight: number
  readonly takesTraffic: boolean
}

/** An explanation as plain JSON. */
export type ExplanationFacts =
  | { readonly kind: 'refused'; readonly answer: Answer }
  | {
      readonly kind: 'unmatched'
      readonly request: RequestedFacts
      readonly others: readonly Rejection[]
    }
  | {
      readonly kind: 'matched'
      readonly request: RequestedFacts
      readonly route: string
      readonly because: readonly string[]
      readonly params: RouteParams
      readonly policies: readonly { readonly name: string; readonly kind: string }[]
      readonly service: string | undefined
      readonly chosenBy: string | undefined
      readonly path: string | undefined
      /** `undefined` when nobody looked them up. */
      readonly instances: readonly CandidateFacts[] | undefined
      readonly answer: Answer | undefined
      readonly others: readonly Rejection[]
    }

interface RequestedFacts {
  readonly method: string
  readonly host: string
  readonly path: string
}

/** An explanation for programs, with the instances of the service that the request would go to. */
export function explanationFacts(
  answer: ExplainedRequest,
  instances: readonly Instance[] | undefined,
): ExplanationFacts {
  if (answer.kind === 'refused') return answer
  const { request, others } = answer
  const { method, host, path, search } = request
  const asked = { method, host, path: path + search }
  if (answer.kind === 'unmatched') return { kind: answer.kind, request: asked, others }
  const { route, params, because, chosen, sentPath, answer: fixed } = answer
  return {
    kind: answer.kind,
    request: asked,
    route: route.name,
    because,
    params,
    policies: route.policies.map(({ name, kind }) => ({ name, kind })),
    service: chosen?.target.service,
    chosenBy: chosen?.reason,
    path: sentPath,
    instances: instances?.map(({ id, address, status, version, zone, weight }) => ({
      id,
      address,
      status,
      version,
      zone,
      weight,
      takesTraffic: takesTraffic({ status, weight }),
    })),
    answer: fixed,
    others,
  }
}

/** Whether the gateway would send it a request. */
export function takesTraffic({ status, weight }: Pick<Instance, 'status' | 'weight'>): boolean {
  return status === 'up' && weight > 0
}
