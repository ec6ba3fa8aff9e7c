import { jsonFormat } from './json-document.ts'
import { propertiesFormat } from './properties-document.ts'
import { tomlFormat } from './toml-document.ts'
import { yamlFormat } from './yaml-document.ts'

/** The formats that hold keys and values. A new one is a file beside these and an entry here. */
const layeredFormats = [yamlFormat, jsonFormat, tomlFormat, propertiesFormat] as const

type KnownFormat = (typeof layeredFormats)[number]

export type LayeredFormatName = KnownFormat['name']

/** The extensions of documents that hold keys and values, and so can be layered. */
export const documentExtensions: readonly string[] = layeredFormats.flatMap(({ extensions }) => extensions)

const byExtension = new Map<string, KnownFormat>()
for (const format of layeredFormats) for (const extension of format.extensions) byExtension.set(extension, format)

/** The format of a document that can be layered; `undefined` for text and binary. */
export function layeredFormat(path: string): KnownFormat | undefined {
  return byExtension.get(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '')
}
