import Type, { type Static } from 'typebox'
import type { TokenFacts } from '../../caller/access-tokens.ts'
import type { OperationContext } from '../../operation/operation-context.ts'
import type { Sendable } from '../../operation/responses.ts'
import { object, timestamp } from '../../operation/schemas.ts'

export const tokenFields = {
  id: Type.String(),
  name: Type.String(),
  user: Type.String({ description: 'Whose rights it has.' }),
  createdAt: timestamp,
  expiresAt: timestamp,
  createdFrom: Type.String({ description: 'The address that it was asked for from.' }),
  lastUsedAt: Type.Optional(Type.String({ description: 'To within five minutes. Absent: never.' })),
} as const

export const tokenSchema = object(tokenFields)

export function tokenJson({
  id,
  name,
  user,
  createdAt,
  expiresAt,
  createdFrom,
  lastUsedAt,
}: TokenFacts): Sendable<Static<typeof tokenSchema>> {
  return { id, name, user, createdAt, expiresAt, createdFrom, lastUsedAt }
}

/** The store says who is root: nobody else may list its users. Fails with `permission-denied`. */
export async function checkRoot({ caller, signal }: OperationContext): Promise<void> {
  await caller.etcd.auth.users.list({ signal })
}
