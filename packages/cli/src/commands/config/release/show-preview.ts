import type { AffectedProcesses, DocumentPreview, PublishPreview } from '@waypost/config/admin'
import { exitCodes } from '../../../command-line/exit-codes.ts'
import { type FormatOption, factsOutput } from '../../../print/output.ts'
import { oneLine, shownValue } from '../../../print/shown-value.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { colouredPatch } from './coloured-patch.ts'

/**
 * Prints what a release would do: the differences, who would get other values, and what would keep it from being made.
 * What would be refused ends with the exit code of a failure, as the release itself would.
 */
export async function printPreview(
  preview: PublishPreview,
  options: FormatOption & { readonly yes?: true; readonly bypassApproval?: string },
): Promise<void> {
  await factsOutput.print(options, { simple: () => previewText(preview), json: () => preview })
  const { problems, affected } = preview
  const needsApproval = preview.needsApproval && options.bypassApproval === undefined
  if (problems.length > 0 || needsApproval || (!options.yes && wouldBreak(affected))) reportRefusedDryRun()
}

export function wouldBreak(affected: readonly AffectedProcesses[]): boolean {
  return affected.some(({ breaks }) => breaks.length > 0)
}

export function reportRefusedDryRun(): void {
  terminal.writeError('This would be refused.\n')
  process.exitCode = exitCodes.failed.code
}

export function previewText({ documents, affected, problems, needsApproval }: PublishPreview): string {
  const { red, yellow } = terminal.colors
  const changing = documents.filter(({ unchanged }) => !unchanged)
  return [
    ...changing.map(documentText),
    ...(changing.length === 0 ? ['Nothing would change.\n'] : []),
    affectedText(affected),
    ...problems.map(({ message }) => `${red('Refused:')} ${oneLine(message)}\n`),
    ...(needsApproval ? [`${yellow('Needs approval.')}\n`] : []),
  ].join('')
}

/** Which live processes would get what, and which of them would reject it. */
export function affectedText(affected: readonly AffectedProcesses[]): string {
  return affected
    .map((processes) =>
      [
        `\n${who(processes)}:\n`,
        ...processes.changes.map(
          ({ keyPath, from, to }) => `  ${oneLine(keyPath.join('.'))}: ${shownValue(from)} → ${shownValue(to)}\n`,
        ),
        ...processes.breaks.map(({ message }) => `  ${terminal.colors.red('would break:')} ${oneLine(message)}\n`),
      ].join(''),
    )
    .join('')
}

function documentText({ path, release, patch }: DocumentPreview): string {
  if (patch === undefined) return `${path} would become release ${release}: its text cannot be compared.\n`
  return colouredPatch(patch)
}

const namedInstances = 5

function who({ app, profile, version, instances }: AffectedProcesses): string {
  const name = `${app}${version === undefined ? '' : `@${version}`}${profile === undefined ? '' : ` (${profile})`}`
  const named = instances.slice(0, namedInstances).join(', ')
  const more = instances.length > namedInstances ? `, … and ${instances.length - namedInstances} more` : ''
  return `${name} on ${named}${more}`
}
