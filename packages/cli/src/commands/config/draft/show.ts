import { type ConfigCenter, conflictsOf, type Draft, type PublishPreview } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../../command-line/global-options.ts'
import { examples } from '../../../command-line/help.ts'
import { jsonText } from '../../../print/json-text.ts'
import { factsOutput } from '../../../print/output.ts'
import { oneLine } from '../../../print/shown-value.ts'
import { withConfig } from '../../../store/store.ts'
import { previewText } from '../release/show-preview.ts'
import { stateText } from './draft-action.ts'

export const output = factsOutput

export function define(command: Command): void {
  command
    .description('Show a draft, what it would change, and for which live processes.')
    .argument('<path>')
    .addHelpText('after', examples(['waypost config draft show order/application.yaml', '']))
    .action(show)
}

async function show(path: string, _own: GlobalOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>()
  await withConfig(
    options,
    async (config) => {
      const draft = await config.drafts.get(path, { timeoutMs: options.timeout })
      if (draft === undefined) throw new WaypostError('not-found', `${path} has no draft.`)
      const { bytes, ...facts } = draft
      const { text, encoding } = bytes === undefined ? {} : jsonText(bytes)
      await output.print(options, {
        simple: () => draftText(config, draft, options.timeout),
        json: () => ({ ...facts, content: text, encoding }),
      })
    },
    { action: 'read', subject: path },
  )
}

async function draftText(config: ConfigCenter, draft: Draft, timeoutMs: number | undefined): Promise<string> {
  const { path, author, comment, revision, base } = draft
  const why = comment === undefined ? '' : `: ${oneLine(comment)}`
  const head =
    `${path}: ${oneLine(stateText(draft))}; by ${oneLine(author)}${why}\n` +
    `A change of release ${base}, at revision ${revision}.\n`
  const preview = await previewOf(config, draft, timeoutMs)
  return head + (preview ? previewText(preview) : 'Another change has been released since: save the draft again.\n')
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
