import type { AffectedProcesses, DocumentPreview, PublishPreview } from '@waypost/config/admin'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { factsJson } from '../../../print/service-json.ts'
import { oneLine, shownValue } from '../../../print/shown-value.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { colouredPatch } from './coloured-patch.ts'

/** What a release would do: the differences, who would get other values, and what would keep it from being made. */
export function showPreview(preview: PublishPreview, { writeOut }: GlobalOptions): void {
  if (writeOut === 'json') {
    terminal.write(factsJson(preview))
    return
  }
  const { documents, affected, problems, needsApproval } = preview
  const changing = documents.filter(({ unchanged }) => !unchanged)
  for (const document of changing) terminal.write(documentText(document))
  if (changing.length === 0) terminal.write('Nothing would change.\n')
  showAffected(affected)
  for (const { message } of problems) terminal.write(`${terminal.colors.red('Refused:')} ${oneLine(message)}\n`)
  if (needsApproval) terminal.write(`${terminal.colors.yellow('Needs approval.')}\n`)
}

/** Which live processes would get what, and which of them would reject it. */
export function showAffected(affected: readonly AffectedProcesses[]): void {
  for (const processes of affected) {
    terminal.write(`\n${who(processes)}:\n`)
    for (const { keyPath, from, to } of processes.changes) {
      terminal.write(`  ${oneLine(keyPath.join('.'))}: ${shownValue(from)} → ${shownValue(to)}\n`)
    }
    for (const { message } of processes.breaks) {
      terminal.write(`  ${terminal.colors.red('would break:')} ${oneLine(message)}\n`)
    }
  }
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
