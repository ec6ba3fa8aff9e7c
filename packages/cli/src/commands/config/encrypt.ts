import type { Command } from 'commander'
import { examples } from '../../command-line/help.ts'
import { readStdin } from '../../command-line/stdin.ts'
import { promptPassword } from '../../store/password-prompt.ts'
import { terminal } from '../../terminal/terminal.ts'
import { addKeyringOption, type KeyringOptions, requiredKeyring } from './keyring-option.ts'

interface EncryptOptions extends KeyringOptions {
  readonly path?: string
}

export function define(command: Command): void {
  addKeyringOption(
    command
      .description(
        'Encrypt a text for use in a document. Prompts for it without echo, or reads it from standard input without the trailing newline.',
      )
      .option('--path <path>', 'bind it to this document: it cannot be decrypted in another'),
  )
    .addHelpText(
      'after',
      examples(
        ['waypost config encrypt --keys-file keys', ''],
        ['waypost config encrypt --path order/application.yaml < password', ''],
      ),
    )
    .action(encryptText)
}

async function encryptText({ path }: EncryptOptions, command: Command): Promise<void> {
  const keyring = await requiredKeyring(command.optsWithGlobals<KeyringOptions>())
  const { encrypt } = await import('@waypost/config')
  const text = process.stdin.isTTY
    ? await promptPassword('Text to encrypt: ')
    : (await readStdin()).toString().replace(/\r?\n$/, '')
  terminal.write(`${await encrypt(text, keyring, { path })}\n`)
}
