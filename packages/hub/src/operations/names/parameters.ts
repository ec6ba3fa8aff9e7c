import Type from 'typebox'
import { digits, name, object, oneOf } from '../../operation/schemas.ts'

export const nameParams = object({ name: name('The service.') })

export const instanceParams = object({ name: name('The service.'), id: name('The instance.') })

export const sessionParams = object({ session: digits('The session.') })

/** What the owner of a process says of it. */
export const changeableFields = {
  version: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  zone: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  weight: Type.Optional(Type.Number({ minimum: 0, maximum: 65_535, description: 'Default 1; 0 takes no traffic.' })),
  status: Type.Optional(oneOf(['up', 'starting'], '`starting` keeps traffic away. Default `up`.')),
  tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 100 })),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Any JSON.' })),
} as const

/** The right to register instances of the service in the path. */
export const registerPermission = [
  { access: 'read', prefix: '/services/{name}/' },
  { access: 'write', prefix: '/services/{name}/' },
] as const
