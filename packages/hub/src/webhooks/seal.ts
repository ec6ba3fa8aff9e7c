import { decrypt, encrypt, isCipher, type Keyring } from '@waypost/config'
import { WaypostError } from '@waypost/core'

/** Encrypts a text for the store. Without keys it stays as it is: then the store's permissions alone protect it. */
export async function seal(text: string, keyring: Keyring | undefined): Promise<string> {
  return keyring === undefined ? text : encrypt(text, keyring)
}

/** Fails with `failed-precondition` when the text is encrypted and this hub has no keys. */
export async function unseal(text: string, keyring: Keyring | undefined): Promise<string> {
  if (!isCipher(text)) return text
  if (keyring !== undefined) return decrypt(text, keyring)
  throw new WaypostError(
    'failed-precondition',
    'A webhook is encrypted, and this hub has no keys: give it WAYPOST_CONFIG_KEYS or WAYPOST_CONFIG_KEYS_FILE.',
  )
}
