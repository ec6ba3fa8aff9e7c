import type { PublishAllOptions, PublishOptions, ValidationLevel } from '@waypost/config/admin'
import { type Command, Option } from 'commander'
import { parseDurationMs, parseLimit } from '../../../command-line/parse-values.ts'
import { type AuthorOptions, addAuthorOptions, authorship } from './author.ts'

/** What all commands take that release something. */
export interface ReleaseOptions extends AuthorOptions {
  readonly expectedRelease?: number
  readonly validate?: ValidationLevel
  readonly bypassApproval?: string
  readonly yes?: true
  readonly dryRun?: true
  readonly wait?: number
}

export function addReleaseOptions(command: Command): Command {
  return addWaitOption(addSafetyOptions(addAuthorOptions(command)))
    .option('--expected-release <n>', 'fail if the document is not at this release; 0: it does not exist', parseLimit)
    .option('--dry-run', 'change nothing; show what would change, and for which processes')
}

export function addWaitOption(command: Command): Command {
  return command.option(
    '--wait <time>',
    'wait until every live process that uses the document has applied it',
    parseDurationMs,
  )
}

/** What may keep a release from being made, and how to make it all the same. */
export function addSafetyOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--validate <level>', 'what is checked first (default: "live")').choices(['live', 'stored', 'none']),
    )
    .option('--bypass-approval <reason>', 'release it without the approval that its policy requires')
    .option('-y, --yes', 'do not ask, even if live processes would reject it')
}

/** For what releases several documents, or one whose expected release is known otherwise. */
export function publishAllOptions(options: ReleaseOptions): PublishAllOptions & { readonly author: string } {
  const { validate, bypassApproval } = options
  return { ...authorship(options), validate, bypassApproval }
}

export function publishOptions(options: ReleaseOptions): PublishOptions & { readonly author: string } {
  return { ...publishAllOptions(options), expectedRelease: options.expectedRelease }
}
