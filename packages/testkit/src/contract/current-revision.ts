import type { Wire } from '../wire/wire.ts'

/** The store's revision now. */
export async function currentRevision(wire: Wire): Promise<bigint> {
  const { header } = await wire.range('\0', { end: '\0', countOnly: true, limit: 1n })
  if (!header) throw new Error('A response came without its header.')
  return header.revision
}

/** The revision in a response's header. */
export function revisionOf(response: { readonly header: { readonly revision: bigint } | undefined }): bigint {
  if (!response.header) throw new Error('A response came without its header.')
  return response.header.revision
}
