import type { Keyring } from '@waypost/config'
import type { Access, ConfigCenter } from '@waypost/config/admin'
import type { Command } from 'commander'
import { UsageError } from '../../command-line/exit-codes.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { withConfig } from '../../store/store.ts'
import { addKeyringOption, type KeyringOptions, requiredKeyring } from './keyring-option.ts'
import { addAuthorOptions } from './release/author.ts'
import { reportRelease } from './release/make-release.ts'
import { publishOptions, type ReleaseOptions } from './release/release-options.ts'

export const output = factsOutput

interface RekeyOptions extends ReleaseOptions, KeyringOptions {
  readonly prefix?: string
}

export function define(command: Command): void {
  addKeyringOption(
    addAuthorOptions(
      command
        .description('Re-encrypt the secrets of documents with the first key, and release the changed documents.')
        .argument('[paths...]')
        .option('--prefix <prefix>', "all documents whose path starts with this; '' for all"),
    ),
  )
    .option('--bypass-approval <reason>', 'release them without the approval that their policies require')
    .option('--dry-run', 'change nothing; show how many secrets would be re-encrypted')
    .addHelpText(
      'after',
      examples(
        ['waypost config rekey order/application.yaml --keys-file keys', ''],
        ["waypost config rekey --prefix '' --dry-run", 'what is still encrypted with an old key'],
      ),
    )
    .action(rekeyDocuments)
}

async function rekeyDocuments(named: readonly string[], _own: RekeyOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<RekeyOptions>()
  const { prefix, timeout: timeoutMs } = options
  if ((prefix === undefined) === (named.length === 0)) throw new UsageError('Name documents, or give --prefix.')
  const keyring = await requiredKeyring(options)
  await withConfig(
    options,
    async (config) => {
      const paths = prefix === undefined ? named : [...(await config.documents.export(prefix, { timeoutMs })).keys()]
      for (const path of paths) await rekeyDocument(config, path, keyring, options)
    },
    named.map((path): Access => ({ action: 'publish', subject: path })),
  )
}

/** One release each: what cannot be decrypted does not keep the documents before it from being done. */
async function rekeyDocument(
  config: ConfigCenter,
  path: string,
  keyring: Keyring,
  options: RekeyOptions,
): Promise<void> {
  const { cipherMark, rekey } = await import('@waypost/config')
  const { current, changedByHand } = await config.releases.history(path, { limit: 1, timeoutMs: options.timeout })
  const bytes = Buffer.from((await config.getBytes(path)) ?? '')
  if (!bytes.includes(cipherMark)) return
  const { text, changed } = await rekey(bytes.toString(), keyring, { path })
  const count = `${changed} ${changed === 1 ? 'secret' : 'secrets'}`
  if (changed === 0) return
  if (options.dryRun) {
    await output.print(options, {
      simple: () => `${path}: ${count} would be re-encrypted.\n`,
      json: () => ({ path, secrets: changed }),
    })
    return
  }
  const given = { ...publishOptions(options), expectedRelease: changedByHand ? current + 1 : current }
  await reportRelease(config, await config.releases.publish(path, text, given), `Re-encrypted ${count}:`, options)
}
