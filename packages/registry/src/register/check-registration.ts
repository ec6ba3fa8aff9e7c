import { resolvePresence } from '@waypost/client'
import { resolveHealth } from '../health/health-options.ts'
import { type RegisterOptions, resolveRecord } from './registration-options.ts'

/**
 * Checks what a process is going to say of itself, without a store: throws the `invalid-argument` that `register` would
 * fail with. For programs that know their port later than the rest.
 */
export function checkRegistration(options: RegisterOptions): void {
  const record = resolveRecord(options, new Date(0))
  resolvePresence(options)
  resolveHealth(options.health, record)
}
