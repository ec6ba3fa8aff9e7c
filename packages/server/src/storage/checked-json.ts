import { crc32 } from 'node:zlib'

/** The content as one line of JSON, with a checksum of the rest as its last field. */
export function encodeCheckedJson(content: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ ...content, checksum: checksumOf(content) })}\n`
}

/** The content with whether it has a checksum; undefined when it is no JSON object, or its checksum does not match. */
export function parseCheckedJson(
  text: string,
): { readonly content: Readonly<Record<string, unknown>>; readonly hasChecksum: boolean } | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    const { checksum, ...content }: Readonly<Record<string, unknown>> = { ...parsed }
    if (checksum !== undefined && checksum !== checksumOf(content)) return undefined
    return { content, hasChecksum: checksum !== undefined }
  } catch {
    return undefined
  }
}

function checksumOf(content: Readonly<Record<string, unknown>>): string {
  return crc32(JSON.stringify(content)).toString(16).padStart(8, '0')
}
