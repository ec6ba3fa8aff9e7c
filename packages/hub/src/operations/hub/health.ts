import { anySignal, messageOf } from '@waypost/core'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { bytes, json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'

export const live = defineOperation({
  id: 'hub.live',
  method: 'GET',
  path: '/livez',
  tag: 'Hub',
  summary: 'Check whether the hub runs',
  permission: 'anyone',
  responses: { 200: json('It runs.', object({ status: Type.Literal('ok') })) },
  example: {},
  handler: () => ({ status: 200, body: { status: 'ok' as const } }),
})

const readyTimeoutMs = 2_000

export const ready = defineOperation({
  id: 'hub.ready',
  method: 'GET',
  path: '/readyz',
  tag: 'Hub',
  summary: 'Check whether the hub can answer',
  description: 'It cannot while the store does not answer, and while the hub stops.',
  permission: 'anyone',
  responses: {
    200: json('It can.', object({ status: Type.Literal('ok') })),
    503: json('It cannot.', object({ status: Type.Literal('unavailable'), detail: Type.String() })),
  },
  example: {},
  async handler({ hub, signal }) {
    if (hub.stopping.aborted) {
      return { status: 503, body: { status: 'unavailable' as const, detail: 'The hub stops.' } }
    }
    try {
      await hub.own.verify(anySignal([signal, AbortSignal.timeout(readyTimeoutMs)]))
      return { status: 200, body: { status: 'ok' as const } }
    } catch (error) {
      return { status: 503, body: { status: 'unavailable' as const, detail: messageOf(error) } }
    }
  },
})

export const showMetrics = defineOperation({
  id: 'hub.metrics',
  method: 'GET',
  path: '/metrics',
  tag: 'Hub',
  summary: 'Show metrics for Prometheus',
  permission: 'anyone',
  responses: { 200: bytes('The metrics.', 'text/plain; version=0.0.4; charset=utf-8') },
  example: {},
  handler: async ({ hub }) => ({ status: 200, body: await hub.metrics.metrics() }),
})
