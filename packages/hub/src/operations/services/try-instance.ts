import { anySignal, messageOf, WaypostError } from '@waypost/core'
import { instanceCheck } from '@waypost/registry'
import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { name, object, oneOf } from '../../operation/schemas.ts'

const tryTimeoutMs = 3_000

export const tryInstance = defineOperation({
  id: 'services.try',
  method: 'POST',
  path: '/v1/services/{name}/instances/{id}/try',
  tag: 'Names',
  summary: 'Try the address of an instance',
  description:
    'The hub connects to the address that the instance has registered, within 3 s, and reports the result. ' +
    'The answer of the instance is not shown.',
  permission: [{ access: 'read', prefix: '/services/{name}/' }],
  problems: ['not-found'],
  params: object({ name: name('The service.'), id: name('The instance.') }),
  body: object({
    kind: oneOf(
      ['tcp', 'http', 'grpc'],
      '`tcp`: a connection is taken; `http`: a GET of `path` is answered with a status from 200 to 299; `grpc`: ' +
        '`grpc.health.v1.Health` says that it serves.',
    ),
    path: Type.Optional(Type.String({ pattern: '^/', maxLength: 1_024, description: 'With `http`. Default `/`.' })),
    service: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: 'With `grpc`: the gRPC service. Without it, the server as a whole.',
      }),
    ),
  }),
  responses: {
    200: json(
      'How it went.',
      object({
        ok: Type.Boolean(),
        durationMs: Type.Number(),
        problem: Type.Optional(Type.String({ description: 'Why it failed.' })),
      }),
    ),
  },
  example: { params: { name: 'user', id: 'user-1' }, body: { kind: 'tcp' } },
  async handler({ caller: { registry }, hub: { clock }, signal }, { params, body: { kind, path = '/', service } }) {
    const { instances } = await registry.instances(params.name, { signal })
    const instance = instances.find(({ id }) => id === params.id)
    if (instance === undefined) {
      throw new WaypostError('not-found', `The service ${params.name} has no instance ${params.id}.`)
    }
    const checks = { tcp: { tcp: true }, http: { http: path }, grpc: { grpc: { service } } } as const
    const check = instanceCheck(checks[kind], instance)
    const beganMs = clock.monotonicMs()
    try {
      const limit = anySignal([signal, AbortSignal.timeout(tryTimeoutMs)])
      await Promise.race([check(limit), timedOut(limit)])
      return { status: 200, body: { ok: true, durationMs: clock.monotonicMs() - beganMs } }
    } catch (error) {
      return { status: 200, body: { ok: false, durationMs: clock.monotonicMs() - beganMs, problem: messageOf(error) } }
    }
  },
})

function timedOut(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`No answer within ${tryTimeoutMs / 1000} s.`)), {
      once: true,
    })
  })
}
