import type { ConfigObject } from '../../config-value.ts'
import { readDocument } from '../../documents/config-document.ts'
import { decodeText } from '../../documents/document-text.ts'
import { layeredFormat } from '../../documents/formats.ts'
import { differencesOf, type KeyDifference } from '../../live/differences.ts'
import { ciphersOf } from '../../secrets/decrypt-layers.ts'
import { Redactor } from '../../secrets/redactor.ts'
import { redactText } from './redact.ts'

/** The difference between two states of a document, for people: encrypted values are taken out. */
export interface DocumentDiff {
  /** A unified diff; empty when nothing differs. Absent for bytes that are no text, or for texts too different. */
  readonly patch: string | undefined
  /** Key by key. Absent when one of the two does not parse, or has no keys. */
  readonly changes: readonly KeyDifference[] | undefined
}

/** One side of a difference. */
export interface DiffSide {
  /** Stands in the head of the patch, for example `release 4`. */
  readonly label: string
  /** Absent when there is no document. */
  readonly bytes: Uint8Array | undefined
}

/** Two texts that share hardly anything are not compared for longer than this. */
const diffTimeoutMs = 2_000

export async function diffDocuments(path: string, from: DiffSide, to: DiffSide): Promise<DocumentDiff> {
  return { patch: await patchOf(path, from, to), changes: changesOf(path, from.bytes, to.bytes) }
}

async function patchOf(path: string, from: DiffSide, to: DiffSide): Promise<string | undefined> {
  const before = textOf(from.bytes)
  const after = textOf(to.bytes)
  if (before === undefined || after === undefined) return undefined
  if (before === after) return ''
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff')
  const options = { context: 3, timeout: diffTimeoutMs, headerOptions: FILE_HEADERS_ONLY }
  return createTwoFilesPatch(path, path, redactText(before), redactText(after), from.label, to.label, options)
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? '' : decodeText(bytes)
}

function changesOf(
  path: string,
  from: Uint8Array | undefined,
  to: Uint8Array | undefined,
): readonly KeyDifference[] | undefined {
  if (layeredFormat(path) === undefined) return undefined
  const none = new Uint8Array()
  const before = readDocument(path, from ?? none).document
  const after = readDocument(path, to ?? none).document
  return before && after && differencesOf(before.value, after.value, redactorOf(before.value), redactorOf(after.value))
}

function redactorOf(value: ConfigObject): Redactor {
  const ciphers = [...ciphersOf(value, [])]
  return new Redactor(
    new Set(ciphers.map((cipher) => cipher.value)),
    ciphers.map((cipher) => cipher.path),
  )
}
