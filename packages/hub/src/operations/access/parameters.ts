import { accessActions, type Need } from '@waypost/config/admin'
import Type from 'typebox'
import { object, oneOf } from '../../operation/schemas.ts'

const title = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description,
    'x-expected': 'text without control characters',
  })

export const userName = title('The user.')
export const roleName = title('The role.')
export const userParams = object({ user: userName })
export const roleParams = object({ role: roleName })

export const accessWords = {
  action: oneOf(accessActions, 'What somebody may do.'),
  subject: Type.String({
    maxLength: 1_024,
    description: "A path, a folder with a trailing slash, `''` for everything; or a service.",
  }),
} as const

export const permissionType = oneOf(['read', 'write', 'readwrite'], 'What is permitted.')

export const needSchema = object({
  type: permissionType,
  key: Type.String(),
  isPrefix: Type.Boolean({ description: 'On all keys that start with it.' }),
})

export function needJson({ type, key, isPrefix }: Need) {
  return { type, key, isPrefix }
}
