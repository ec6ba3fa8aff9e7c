import { type Command, InvalidArgumentError } from 'commander'
import { type Action, actions } from '../../access/presets.ts'

/** The arguments `<action> <subject>`. */
export function addAccessArguments(command: Command): Command {
  return command
    .argument('<action>', actions.join(', '), parseAction)
    .argument('<subject>', "a path, a folder with its slash at the end, '' for everything; or a service")
}

function parseAction(text: string): Action {
  const action = actions.find((each) => each === text)
  if (action !== undefined) return action
  throw new InvalidArgumentError(`It is one of ${actions.join(', ')}.`)
}
