import { messageOf } from '@waypost/core'
import { anything, boolean, type OptionKinds, required } from '@waypost/core/options'
import { canaryFor } from '../canary/assign.ts'
import { checkSegment } from '../config-path.ts'
import type { ConfigDocument } from '../documents/config-document.ts'
import type { Locator } from '../documents/layered-format.ts'
import type { ResolvedIdentity } from '../identity.ts'
import { type ConfigProblem, documentProblem, missingProblem } from '../problem.ts'
import type { CanariesRecord, Canary } from '../records/canary.ts'
import type { ImportDirective } from './directives.ts'
import { ParsedDocuments, type StoredDocument } from './parsed-documents.ts'
import { type LayerKind, type Slot, slotOf } from './slot.ts'

/** Where documents are looked up. */
export interface DocumentLookUp {
  document(path: string): StoredDocument | undefined
  /** The canaries of a path. Default none. */
  canaries?(path: string): CanariesRecord | undefined
  /** The release that a path is at when its text has this checksum. Default unknown. */
  release?(path: string, checksum: string): number | undefined
}

export interface LayerOptions {
  /** The application's name: one segment of a path. */
  readonly app: string
  /** For example `production`: one segment of a path. */
  readonly profile?: string | undefined
  /**
   * Documents of others to begin with, for example `['shared/redis.yaml']`; later ones lie over earlier ones.
   * Without an extension, the one that exists is taken. Every import must exist, but for one that ends in `?`.
   */
  readonly imports?: readonly string[] | undefined
  /** Applications whose layers lie below this one's; later ones lie over earlier ones. */
  readonly extends?: readonly string[] | undefined
  /**
   * Takes the imports alone: the application has no documents of its own, and its name is only shown to publishers.
   * Default false.
   */
  readonly importsOnly?: boolean | undefined
}

export const layerOptionKinds: OptionKinds<LayerOptions> = {
  app: required(anything()),
  profile: anything(),
  imports: anything(),
  extends: anything(),
  importsOnly: boolean,
}

/** The text of a document that was looked at, whether it parses or not. */
export interface LayerText {
  readonly path: string
  readonly bytes: Uint8Array
  /** The revision at which the document was last written; 0 for a canary of one that is not there. */
  readonly revision: bigint
  /** Of its bytes: SHA-256 in hexadecimal. */
  readonly checksum: string
  /** The release that the text is, as far as that is known. */
  readonly release: number | undefined
  /** The name of the canary that stands in the document's place. */
  readonly canary: string | undefined
}

/** One document in the order of layers. */
export interface LayerDocument extends LayerText {
  readonly kind: LayerKind
  /** What it says, without its directives. */
  readonly document: ConfigDocument
}

export interface Walked {
  /** From general to specific. */
  readonly layers: readonly LayerDocument[]
  /** Every document that was found. */
  readonly texts: readonly LayerText[]
  /** Every place that was looked at. */
  readonly slots: readonly Slot[]
  readonly problems: readonly ConfigProblem[]
  /** What is wrong without keeping the configuration from being used, such as a damaged canary. */
  readonly notices: readonly ConfigProblem[]
}

/** Checks what a program asks for. Throws `invalid-argument`. */
export function checkLayerOptions({ app, profile, imports = [], extends: bases = [] }: LayerOptions): void {
  checkSegment('app', app)
  if (profile !== undefined) checkSegment('profile', profile)
  for (const path of imports) slotOf('import', withoutMark(path))
  for (const base of bases) checkSegment('app', base)
}

/**
 * Collects the documents of some layers from general to specific: the imports that the program asks for, the
 * applications that are extended, `<app>/application`, `<app>/<profile>/application`. What a document imports lies
 * directly below it. A document is taken once, at the lowest place where it is asked for.
 */
export function walkLayers(
  options: LayerOptions,
  lookUp: DocumentLookUp,
  identity: ResolvedIdentity | undefined,
  parsed: ParsedDocuments = new ParsedDocuments(),
): Walked {
  return new Walk(options, lookUp, identity, parsed).run()
}

interface Found {
  readonly path: string
  readonly stored: StoredDocument
  readonly canary: Canary | undefined
}

/** Each of them is read and followed on its own, whether it exists or not. */
const maxSlots = 1_000

/** More are not reported. */
const maxProblems = 100

class Walk {
  readonly #options: LayerOptions
  readonly #lookUp: DocumentLookUp
  readonly #identity: ResolvedIdentity | undefined
  readonly #parsed: ParsedDocuments
  readonly #layers: LayerDocument[] = []
  readonly #slots = new Map<string, Slot>()
  readonly #texts = new Map<string, LayerText>()
  readonly #problems: ConfigProblem[] = []
  readonly #notices: ConfigProblem[] = []
  readonly #locators = new Map<ConfigDocument, Locator>()
  /** Paths that are taken, and applications that are extended. */
  readonly #taken = new Set<string>()
  readonly #apps = new Set<string>()
  /** Slots whose document is there and cannot be used, which has been reported. */
  readonly #unusable = new Set<string>()

  constructor(
    options: LayerOptions,
    lookUp: DocumentLookUp,
    identity: ResolvedIdentity | undefined,
    parsed: ParsedDocuments,
  ) {
    this.#options = options
    this.#lookUp = lookUp
    this.#identity = identity
    this.#parsed = parsed
  }

  run(): Walked {
    const { app, imports = [], extends: bases = [], importsOnly = false } = this.#options
    for (const asked of imports) {
      const path = withoutMark(asked)
      this.#import(path, path !== asked, undefined, [])
    }
    for (const base of bases) this.#stack(base, 'base', [app])
    if (!importsOnly) this.#stack(app, 'app', [])
    const isFound = importsOnly ? this.#layers.length > 0 : this.#layers.some(({ kind }) => kind !== 'import')
    if (this.#problems.length === 0 && !isFound) this.#nothingFound()
    return {
      layers: this.#layers,
      texts: [...this.#texts.values()],
      slots: [...this.#slots.values()],
      problems: this.#problems,
      notices: this.#notices,
    }
  }

  /** An application's own layers, above those of the applications that it extends. */
  #stack(app: string, kind: 'base' | 'app', above: readonly string[]): void {
    if (this.#apps.has(app)) return
    this.#apps.add(app)
    const { profile } = this.#options
    const own = [
      this.#read(slotOf(kind, `${app}/application`)),
      profile === undefined
        ? undefined
        : this.#read(slotOf(kind === 'app' ? 'profile' : kind, `${app}/${profile}/application`)),
    ]
    for (const read of own) {
      for (const base of read?.bases ?? []) {
        if (base.app === app || above.includes(base.app)) {
          const chain = [...above, app, base.app].join(' → ')
          this.#fail(read, base.at, `Applications extend each other in a circle: ${chain}.`)
        } else this.#stack(base.app, 'base', [...above, app])
      }
    }
    for (const read of own) if (read) this.#take(read, [])
  }

  #import(
    path: string,
    optional: boolean,
    from: { readonly read: Read; readonly directive: ImportDirective } | undefined,
    above: readonly string[],
  ): void {
    const slot = slotOf('import', path)
    if (this.#slots.size >= maxSlots && !this.#slots.has(slot.name)) {
      const reason = `A configuration can be made of ${maxSlots} documents at most; ${slot.name} is one too many.`
      if (from) this.#fail(from.read, from.directive.at, reason)
      else this.#problem(missingProblem(reason))
      return
    }
    const circle = slot.paths.find((each) => above.includes(each))
    if (circle !== undefined && from) {
      const chain = [...above.slice(above.indexOf(circle)), circle].join(' → ')
      this.#fail(from.read, from.directive.at, `Documents import each other in a circle: ${chain}.`)
      return
    }
    const read = this.#read(slot)
    if (read !== undefined) {
      if (read.bases[0]) this.#fail(read, read.bases[0].at, 'Only the documents of an application can extend another.')
      this.#take(read, above)
    } else if (!optional && !this.#unusable.has(slot.name)) {
      const reason = `The import ${slot.name} does not exist.`
      if (from) this.#fail(from.read, from.directive.at, reason)
      else this.#problem(missingProblem(reason))
    }
  }

  #take(read: Read, above: readonly string[]): void {
    const { path } = read.layer.document
    if (this.#taken.has(path)) return
    for (const directive of read.imports) {
      this.#import(directive.path, directive.optional, { read, directive }, [...above, path])
    }
    // An import may have led back here by another way, which is reported as a circle.
    if (this.#taken.has(path)) return
    this.#taken.add(path)
    this.#layers.push(read.layer)
  }

  #read(slot: Slot): Read | undefined {
    this.#slots.set(slot.name, slot)
    if (this.#unusable.has(slot.name)) return undefined
    const [found, second] = slot.paths.flatMap((path) => this.#find(path) ?? [])
    if (found === undefined) return undefined
    if (second !== undefined) {
      return this.#refuse(slot, [documentProblem(second.path, undefined, `${found.path} exists too; keep one.`)])
    }
    const { path, stored } = found
    const { text: parsed, checksum } = this.#parsed.read(path, stored)
    const canary = found.canary?.name
    const release = canary === undefined ? this.#lookUp.release?.(path, checksum) : undefined
    const text = { path, bytes: stored.bytes, revision: stored.modRevision, checksum, release, canary }
    this.#texts.set(path, text)
    const { read, directives } = parsed
    if (read.document === undefined || directives?.value === undefined) {
      return this.#refuse(slot, directives?.problems ?? read.problems ?? [])
    }
    const { value, imports, bases } = directives
    return { layer: { ...text, kind: slot.kind, document: { ...read.document, value } }, imports, bases }
  }

  #refuse(slot: Slot, problems: readonly ConfigProblem[]): undefined {
    this.#unusable.add(slot.name)
    for (const problem of problems) this.#problem(problem)
    return undefined
  }

  #problem(problem: ConfigProblem): void {
    if (this.#problems.length < maxProblems) this.#problems.push(problem)
  }

  /** The document at a path, or the canary in its place that is for this instance. */
  #find(path: string): Found | undefined {
    const stored = this.#lookUp.document(path)
    const canaries = this.#identity && this.#lookUp.canaries?.(path)
    const canary = canaries && this.#identity && canaryFor(canaries, this.#identity)
    if (canary) {
      try {
        const bytes = this.#parsed.bytesOf(canary)
        return { path, stored: { bytes, modRevision: stored?.modRevision ?? 0n }, canary }
      } catch (error) {
        const reason = `The canary ${JSON.stringify(canary.name)} is damaged and not used: ${messageOf(error)}`
        this.#notices.push(documentProblem(path, undefined, reason))
      }
    }
    return stored && { path, stored, canary: undefined }
  }

  #fail(read: Read | undefined, at: ImportDirective['at'], reason: string): void {
    if (read === undefined) return
    const { document } = read.layer
    const locate = this.#locators.get(document) ?? document.locator()
    this.#locators.set(document, locate)
    this.#problem(documentProblem(document.path, locate(at), reason))
  }

  #nothingFound(): void {
    const slots = [...this.#slots.values()]
    const own = slots.filter(({ kind }) => kind !== 'import')
    const names = (own.length > 0 ? own : slots).map(({ name }) => name)
    this.#problems.push(missingProblem(`There is no configuration: ${either(names)} exists.`))
  }
}

interface Read {
  readonly layer: LayerDocument
  readonly imports: readonly ImportDirective[]
  readonly bases: readonly { readonly app: string; readonly at: ImportDirective['at'] }[]
}

function either(names: readonly string[]): string {
  return names.length === 1 ? `no ${names[0]}` : `neither ${names.slice(0, -1).join(', ')} nor ${names.at(-1)}`
}

function withoutMark(path: string): string {
  return path.endsWith('?') ? path.slice(0, -1) : path
}
