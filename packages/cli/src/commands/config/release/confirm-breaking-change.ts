import type { ValidationLevel } from '@waypost/config/admin'
import { messageOf, WaypostError } from '@waypost/core'
import { storeTarget } from '../../../store/store-target.ts'
import { canAsk, confirm } from '../../../terminal/confirm.ts'
import { terminal } from '../../../terminal/terminal.ts'
import type { ReleaseOptions } from './release-options.ts'

/**
 * Does what live processes may reject only when somebody says so: `--yes`, or the person at the terminal. Whom it
 * breaks is said in any case.
 */
export async function confirmBreakingChange<T>(
  options: ReleaseOptions,
  act: (validate: ValidationLevel) => Promise<T>,
): Promise<T> {
  const { yes, validate = 'live' } = options
  try {
    return await act(validate)
  } catch (error) {
    if (!breaksProcesses(error)) throw error
    if (yes || canAsk()) terminal.writeError(`${messageOf(error)}\n`)
    else terminal.writeError('Live processes would break. Use --yes to do it anyway.\n')
    if (!yes && !(canAsk() && (await confirm(`${storeTarget(options)}\nDo it anyway?`)))) throw error
    return await act('stored')
  }
}

/** Whether live processes would reject it, as the library says, or a hub for it. */
function breaksProcesses(error: unknown): boolean {
  return WaypostError.is(error, 'invalid-document') && Array.isArray(error.details.breaks)
}
