import type { Command } from 'commander'
import { addCommands } from '../../command-line/commands.ts'
import { examples } from '../../command-line/help.ts'

export function define(command: Command): void {
  command.description('Configuration is stored in keys below /config/ and addressed by the path after that.')
  addCommands(command, [
    { name: 'get', summary: 'print a document', load: () => import('./get.ts') },
    { name: 'list', summary: 'list documents', load: () => import('./list.ts') },
    { name: 'search', summary: 'search the contents of documents', load: () => import('./search.ts') },
    { name: 'set', summary: 'release a value', load: () => import('./set.ts') },
    { name: 'edit', summary: 'change a document in an editor', load: () => import('./edit/edit.ts') },
    { name: 'publish', summary: 'release a document', load: () => import('./publish.ts') },
    { name: 'delete', summary: 'delete a document', load: () => import('./delete.ts') },
    { name: 'history', summary: 'list the releases of a document', load: () => import('./history.ts') },
    { name: 'diff', summary: 'show what a release changed', load: () => import('./diff.ts') },
    { name: 'rollback', summary: 'release an earlier text again', load: () => import('./rollback.ts') },
    { name: 'watch', summary: 'follow values', load: () => import('./watch.ts') },
    { name: 'draft', summary: 'propose changes, and have them approved', load: () => import('./draft/draft.ts') },
    { name: 'approve', summary: "approve somebody else's draft", load: () => import('./approve.ts') },
    { name: 'canary', summary: 'release a document to some instances first', load: () => import('./canary/canary.ts') },
    { name: 'status', summary: 'show who has applied a document', load: () => import('./status.ts') },
    { name: 'explain', summary: 'show where values come from', load: () => import('./explain.ts') },
    {
      name: 'effective',
      summary: 'print the merged configuration of an application',
      load: () => import('./effective.ts'),
    },
    { name: 'schema', summary: 'manage JSON Schemas for documents', load: () => import('./schema/schema.ts') },
    { name: 'policy', summary: 'manage which documents need approval', load: () => import('./policy/policy.ts') },
    { name: 'export', summary: 'write documents to files', load: () => import('./export.ts') },
    { name: 'import', summary: 'release documents from files', load: () => import('./import/import.ts') },
    { name: 'render', summary: 'write a file from a template', load: () => import('./render/render.ts') },
    { name: 'encrypt', summary: 'encrypt a secret', load: () => import('./encrypt.ts') },
    { name: 'decrypt', summary: 'decrypt a secret', load: () => import('./decrypt.ts') },
    { name: 'rekey', summary: 'encrypt the secrets of documents again', load: () => import('./rekey.ts') },
    { name: 'new-key', summary: 'create an encryption key', load: () => import('./new-key.ts') },
  ])
  command.addHelpText(
    'after',
    examples(
      ['waypost config set order/timeout 30', ''],
      ['waypost config publish order/application.yaml application.yaml', ''],
      ['waypost config edit order/application.yaml', ''],
      ['waypost config get order/timeout', ''],
      ['waypost config watch --prefix order/', ''],
    ),
  )
}
