import type { Answer } from '../request/answer.ts'
import type { Downstream } from './downstream.ts'
import { grpcMessage, grpcStatusOf } from './grpc.ts'
import { problemBody, problemType } from './problem.ts'
import { setPolicyHeaders } from './response-headers.ts'

/** What the head of an answer depends on. */
export interface AnswerContext {
  readonly down: Downstream
  readonly requestId: string
  readonly isGrpc: boolean
  readonly policyResponseHeaders: readonly (readonly [name: string, value: string])[]
}

export interface AnswerHead {
  readonly status: number
  readonly headers: string[]
  /** All that gRPC is told stands in the head. */
  readonly isTrailersOnly: boolean
}

/** The body: the answer's own, or a problem document for an error. */
export function answerText(answer: Answer, requestId: string): Buffer | undefined {
  const { status, code, detail, body } = answer
  if (body !== undefined) return Buffer.from(body)
  if (status < 400) return undefined
  return Buffer.from(problemBody({ status, code: code ?? 'error', detail: detail ?? '', requestId }))
}

export function answerHead(context: AnswerContext, answer: Answer, text: Buffer | undefined): AnswerHead {
  const headers: string[] = []
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    for (const one of typeof value === 'string' ? [value] : value) headers.push(name, one)
  }
  setPolicyHeaders(headers, context.policyResponseHeaders)
  headers.push('x-request-id', context.requestId)
  if (context.isGrpc && answer.body === undefined && answer.status >= 400) {
    headers.push('content-type', 'application/grpc', 'grpc-status', String(grpcStatusOf(answer.status)))
    headers.push('grpc-message', grpcMessage(answer.detail ?? answer.code ?? ''))
    return { status: 200, headers, isTrailersOnly: true }
  }
  if (answer.body === undefined && text !== undefined) headers.push('content-type', problemType)
  if (answer.status !== 204 && answer.status !== 304) headers.push('content-length', String(text?.length ?? 0))
  return { status: answer.status, headers, isTrailersOnly: false }
}
