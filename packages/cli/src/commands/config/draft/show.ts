import { type ConfigCenter, conflictsOf, type Draft, type PublishPreview } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { jsonText } from '../../../print/json-text.ts'
import { factsJson } from '../../../print/service-json.ts'
import { oneLine } from '../../../print/shown-value.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { showPreview } from '../release/show-preview.ts'
import { stateText } from './draft-action.ts'

export function define(command: Command): void {
  command
    .description('Show a draft, what it would change, and for which live processes.')
    .argument('<path>')
    .addHelpText('after', examples(['waypost config draft show order/application.yaml', '']))
    .action(show)
}

async function show(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(options, async (config) => {
    const draft = await config.drafts.get(path, { timeoutMs: options.timeout })
    if (draft === undefined) throw new WaypostError('not-found', `${path} has no draft.`)
    if (options.writeOut === 'json') {
      const { bytes, ...facts } = draft
      const { text, encoding } = bytes === undefined ? {} : jsonText(bytes)
      terminal.write(factsJson({ ...facts, content: text, encoding }))
      return
    }
    const { author, comment, revision, base } = draft
    terminal.write(
      `${path}: ${oneLine(stateText(draft))}; by ${oneLine(author)}${comment === undefined ? '' : `: ${oneLine(comment)}`}\n` +
        `A change of release ${base}, at revision ${revision}.\n`,
    )
    const preview = await previewOf(config, draft, options.timeout)
    if (preview) showPreview(preview, options)
    else terminal.write('Somebody has released another change since: save the draft anew.\n')
  })
}

/** `undefined` when the document has changed since. */
async function previewOf(
  config: ConfigCenter,
  { path, bytes, base: expectedRelease }: Draft,
  timeoutMs: number | undefined,
): Promise<PublishPreview | undefined> {
  const given = { dryRun: true, expectedRelease, timeoutMs } as const
  try {
    return await (bytes === undefined
      ? config.releases.unpublish(path, given)
      : config.releases.publish(path, bytes, given))
  } catch (error) {
    if (conflictsOf(error).length > 0) return undefined
    throw error
  }
}
