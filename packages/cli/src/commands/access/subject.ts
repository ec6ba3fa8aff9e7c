import { type Access, type AccessAction, accessActions, needsOf } from '@waypost/config/admin'
import { messageOf } from '@waypost/core'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'

/** The arguments `<action> <subject>`. */
export function addAccessArguments(command: Command): Command {
  return command
    .argument('<action>', accessActions.join(', '), parseAction)
    .argument('<subject>', "a path, a folder with its slash at the end, '' for everything; or a service")
}

function parseAction(text: string): AccessAction {
  const action = accessActions.find((each) => each === text)
  if (action !== undefined) return action
  throw new InvalidArgumentError(`It is one of ${accessActions.join(', ')}.`)
}

/** Throws a `UsageError` for a subject that the action is not about. */
export function checkSubject(access: Access): void {
  try {
    needsOf(access)
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}
