import { messageOf, WaypostError } from '@waypost/core'

/** An export of more than this is not taken: what claims to be one is more likely made to fill the memory. */
const maxUnpackedBytes = 256 * 1024 * 1024

/** The files of a zip archive by their names, with slashes. Fails with `invalid-argument` when it is none. */
export async function readZip(archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const { unzipSync } = await import('fflate')
  let unpacked = 0
  try {
    const files = unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        unpacked += originalSize
        if (unpacked > maxUnpackedBytes) throw new Error(`it unpacks to more than ${maxUnpackedBytes} bytes`)
        return !name.endsWith('/')
      },
    })
    return new Map(Object.entries(files).map(([name, bytes]) => [name.replaceAll('\\', '/'), bytes]))
  } catch (cause) {
    throw new WaypostError('invalid-argument', `The zip archive cannot be read: ${messageOf(cause)}.`, { cause })
  }
}
