import Type from 'typebox'
import { digits, object } from '../../operation/schemas.ts'
import { instanceSchema } from './instance-schema.ts'

/** What became of the instances that a list shows. */
export const instanceChangeSchema = object({
  revision: digits('The revision with this change.'),
  added: Type.Array(instanceSchema),
  changed: Type.Array(instanceSchema),
  removed: Type.Array(
    object({
      id: Type.String(),
      reason: Type.Optional(
        Type.String({ description: '`left`, `expired`, `evicted`, `replaced`, …; absent when it was not observed.' }),
      ),
    }),
  ),
})
