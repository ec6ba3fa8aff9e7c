import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { readStdin } from '../../command-line/stdin.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addKeyringOption, type KeyringOptions, requiredKeyring } from './keyring-option.ts'

interface DecryptOptions extends KeyringOptions {
  readonly path?: string
}

export function define(command: Command): void {
  addKeyringOption(
    command
      .description('Decrypt a `{cipher}` text, from the command line or standard input.')
      .argument('[cipher]')
      .option('--path <path>', 'the document that it is bound to'),
  )
    .addHelpText('after', examples(["waypost config decrypt '{cipher}v1:k1:…' --keys-file keys", '']))
    .action(decryptText)
}

async function decryptText(cipher: string | undefined, { path }: DecryptOptions, command: Command): Promise<void> {
  const keyring = await requiredKeyring(command.optsWithGlobals<KeyringOptions>())
  const { decrypt } = await import('@waypost/config')
  const text = await decrypt(cipher ?? (await readStdin()).toString().trim(), keyring, { path })
  terminal.write(terminal.isTty ? `${text}\n` : text)
}
