import type { Operation } from '../../operation/operation.ts'
import { createToken } from './create-token.ts'
import { listTokens } from './list-tokens.ts'
import { revokeToken } from './revoke-token.ts'

/** Operations on named tokens. */
export const tokenOperations: readonly Operation[] = [listTokens, createToken, revokeToken]
