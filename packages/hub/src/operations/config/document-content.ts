import Type from 'typebox'
import { oneOf } from '../../operation/schemas.ts'

/** The fields of a document's content in an answer. */
export const shownContent = {
  content: Type.Optional(
    Type.String({
      description: 'Exactly as it was written; encrypted values stay encrypted. Absent when there is none.',
    }),
  ),
  encoding: Type.Optional(oneOf(['utf8', 'base64'], '`base64` for bytes that are no text.')),
} as const

/** Content for an answer; text as text. */
export function contentJson(bytes: Uint8Array | undefined): {
  readonly content?: string
  readonly encoding?: 'utf8' | 'base64'
} {
  if (bytes === undefined) return {}
  try {
    return { content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' }
  } catch {
    return { content: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
  }
}
