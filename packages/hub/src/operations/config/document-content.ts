import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { oneOf } from '../../operation/schemas.ts'

/** The fields of a document's content in a request. */
export const contentFields = {
  content: Type.String({ description: 'The document: its text, or its bytes as base64.' }),
  encoding: Type.Optional(oneOf(['utf8', 'base64'], 'How the content is written. Default `utf8`.')),
} as const

/** The same in an answer. */
export const shownContent = {
  content: Type.Optional(
    Type.String({
      description: 'Exactly as it was written; encrypted values stay encrypted. Absent when there is none.',
    }),
  ),
  encoding: Type.Optional(oneOf(['utf8', 'base64'], '`base64` for bytes that are not text.')),
} as const

export interface GivenContent {
  readonly content: string
  readonly encoding?: 'utf8' | 'base64' | undefined
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** What a request gives: text, or the bytes that its base64 stands for. */
export function givenContent({ content, encoding = 'utf8' }: GivenContent): string | Uint8Array {
  if (encoding === 'utf8') return content
  if (base64.test(content)) return Buffer.from(content, 'base64')
  throw new WaypostError('invalid-argument', 'The content is not base64, as its encoding says.')
}

/** The same as bytes. */
export function givenBytes(given: GivenContent): Uint8Array {
  const content = givenContent(given)
  return typeof content === 'string' ? Buffer.from(content) : content
}

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
