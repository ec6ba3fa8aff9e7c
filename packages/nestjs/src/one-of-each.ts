import { isDeepStrictEqual } from 'node:util'
import type { FactoryProvider, Provider } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { WaypostError } from '@waypost/core'

/** Something that an application can have once under a name. */
export interface Claim {
  /** What it is, for the message: `WaypostModule.forRoot`. */
  readonly what: string
  readonly name: string
  /** With what it was called. */
  readonly options: unknown
  /** Whether it may be called again with the same options. */
  readonly mayRepeat: boolean
  readonly message: string
}

const claimToken = 'a claim on a name (of @waypost/nestjs)'
const checkToken = 'the check of claims (of @waypost/nestjs)'

/** Providers that let the start of the application fail when another module claims the same name differently. */
export function claimProviders(claim: Claim): Provider[] {
  const check: FactoryProvider = {
    provide: checkToken,
    useFactory: (modules: ModulesContainer) => {
      const others = [...modules.values()].flatMap((module) => {
        const other: unknown = module.providers.get(claimToken)?.instance
        return isClaim(other) && other !== claim && other.what === claim.what && other.name === claim.name ? other : []
      })
      const isWrong = others.some(({ options }) => !claim.mayRepeat || !isDeepStrictEqual(options, claim.options))
      if (isWrong) throw new WaypostError('invalid-argument', claim.message)
      return true
    },
    inject: [ModulesContainer],
  }
  return [{ provide: claimToken, useValue: claim }, check]
}

function isClaim(value: unknown): value is Claim {
  return typeof value === 'object' && value !== null && 'what' in value && 'name' in value && 'mayRepeat' in value
}
