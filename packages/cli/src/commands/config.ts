import type { Command } from 'commander'
import { addCommands } from '../commands.ts'
import { examples } from '../help.ts'

export function define(command: Command): void {
  command.description('Configuration is kept in the keys below /config/ and addressed by the path after that.')
  addCommands(command, [
    { name: 'get', summary: 'print a document', load: () => import('./config/get.ts') },
    { name: 'set', summary: 'release a value', load: () => import('./config/set.ts') },
    { name: 'edit', summary: 'change a document in an editor', load: () => import('./config/edit.ts') },
    { name: 'publish', summary: 'release a document', load: () => import('./config/publish.ts') },
    { name: 'delete', summary: 'delete a document', load: () => import('./config/delete.ts') },
    { name: 'history', summary: 'list the releases of a document', load: () => import('./config/history.ts') },
    { name: 'diff', summary: 'show what a release changed', load: () => import('./config/diff.ts') },
    { name: 'rollback', summary: 'release what was before', load: () => import('./config/rollback.ts') },
    { name: 'watch', summary: 'follow values', load: () => import('./config/watch.ts') },
    { name: 'draft', summary: 'propose changes, and have them approved', load: () => import('./config/draft.ts') },
    { name: 'approve', summary: "approve somebody else's draft", load: () => import('./config/approve.ts') },
    { name: 'canary', summary: 'give a document to some instances first', load: () => import('./config/canary.ts') },
    { name: 'status', summary: 'show who has applied a document', load: () => import('./config/status.ts') },
    { name: 'explain', summary: 'tell where values come from', load: () => import('./config/explain.ts') },
    { name: 'effective', summary: 'print what an application gets', load: () => import('./config/effective.ts') },
    { name: 'schema', summary: 'say what documents must be like', load: () => import('./config/schema.ts') },
    { name: 'policy', summary: 'say what needs approval', load: () => import('./config/policy.ts') },
    { name: 'export', summary: 'write documents to files', load: () => import('./config/export.ts') },
    { name: 'import', summary: 'release documents from files', load: () => import('./config/import.ts') },
    { name: 'render', summary: 'write a file from a template', load: () => import('./config/render.ts') },
    { name: 'encrypt', summary: 'encrypt a secret', load: () => import('./config/encrypt.ts') },
    { name: 'decrypt', summary: 'decrypt a secret', load: () => import('./config/decrypt.ts') },
    { name: 'rekey', summary: 'encrypt the secrets of documents anew', load: () => import('./config/rekey.ts') },
    { name: 'new-key', summary: 'make a key to encrypt with', load: () => import('./config/new-key.ts') },
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
