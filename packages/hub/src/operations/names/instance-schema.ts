import type { Instance } from '@waypost/registry'
import Type, { type Static } from 'typebox'
import type { Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf, timestamp } from '../../operation/schemas.ts'

/** An instance as the API shows it. */
export const instanceSchema = object({
  service: Type.String(),
  id: Type.String({ description: 'Unique within the service.' }),
  host: Type.String(),
  port: Type.Integer(),
  address: Type.String({ description: '`host:port`, with brackets around an IPv6 address.' }),
  scheme: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  zone: Type.Optional(Type.String()),
  weight: Type.Number({ description: 'Its share of the traffic relative to the others; 0 takes none.' }),
  status: oneOf(['starting', 'up', 'leaving', 'disabled'], 'Only `up` takes new traffic.'),
  tags: Type.Array(Type.String()),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  process: Type.Optional(Type.String({ description: 'The process that registered it.' })),
  registeredAt: Type.Optional(timestamp),
  revision: digits('The revision at which its record was last written.'),
  override: Type.Optional(
    object(
      {
        weight: Type.Optional(Type.Number()),
        status: Type.Optional(oneOf(['leaving', 'disabled'], 'Instead of its own.')),
        reason: Type.Optional(Type.String()),
        by: Type.Optional(Type.String({ description: 'Who set it.' })),
        at: Type.Optional(timestamp),
        registered: object(
          { weight: Type.Number(), status: oneOf(['starting', 'up', 'leaving'], 'Its own.') },
          { description: 'The values of its own record.' },
        ),
      },
      { description: 'What an operator has set for it.' },
    ),
  ),
})

export function instanceJson(instance: Instance): Sendable<Static<typeof instanceSchema>> {
  const { service, id, host, port, address, scheme, version, zone, weight, status, tags, metadata } = instance
  const { process, registeredAt, revision, override } = instance
  const shown = { service, id, host, port, address, scheme, version, zone, weight, status, tags, metadata, process }
  return { ...shown, registeredAt, revision: String(revision), override }
}
