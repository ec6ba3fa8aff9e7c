import type { Command } from 'commander'
import { examples } from '../../../command-line/help.ts'
import { factsOutput } from '../../../print/output.ts'
import { withConfig } from '../../../store/store.ts'
import { terminal } from '../../../terminal/terminal.ts'
import { addAuthorOptions } from '../release/author.ts'
import { reportRelease } from '../release/make-release.ts'
import { addSafetyOptions, addWaitOption, type ReleaseOptions } from '../release/release-options.ts'

export const output = factsOutput

export function define(command: Command): void {
  addWaitOption(addSafetyOptions(addAuthorOptions(command.argument('<path>'))))
    .description(
      'Change a document in $VISUAL or $EDITOR, and release it. Releases by others in the meantime are merged. A refused text can be corrected; otherwise it is kept in a file.',
    )
    .addHelpText(
      'after',
      examples(
        ['waypost config edit order/application.yaml', ''],
        ['waypost config edit order/application.yaml -m "more time"', ''],
      ),
    )
    .action(edit)
}

async function edit(path: string, _own: ReleaseOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<ReleaseOptions>()
  const [{ editorCommand }, { editDocument }] = await Promise.all([import('./editor.ts'), import('./edit-document.ts')])
  const editor = editorCommand()
  await withConfig(
    options,
    async (config) => {
      const released = await editDocument(config, path, editor, options)
      if (released) await reportRelease(config, released, 'Published', options)
      else terminal.writeError('Nothing was changed.\n')
    },
    { action: 'publish', subject: path },
  )
}
