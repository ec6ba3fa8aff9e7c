import {
  childOf,
  integerKeysFlag,
  largeReferenceBytes,
  type Meta,
  maxDepth,
  nodeFlags,
  nodeHeaderBytes,
  noPage,
  pageFlags,
  pageHeaderBytes,
  readNumber,
  type TreeRecord,
} from './lmdb-format.ts'
import { type PageFile, PageSet } from './lmdb-pages.ts'

/** How many of a file's faults are listed. */
const maxProblems = 20

/** Takes an item: its key in `page`, its value in `value`. Both may be overwritten when it has returned. */
export type ItemVisitor = (
  page: Buffer,
  keyStart: number,
  keyEnd: number,
  value: Buffer,
  valueStart: number,
  valueEnd: number,
) => void

/**
 * Walks the trees of one file by plain reads, and checks everything that LMDB takes for granted: each page is inside
 * the file, of the right kind, under its own number, older than the file's last transaction and used once; each node is
 * inside its page; keys ascend, inside a page and from page to page; the counts are those in the tree's record. What is
 * not so becomes a line in `problems`, and what cannot be read is left out: nothing here throws because of damage.
 */
export class TreeWalk {
  readonly problems: string[] = []
  readonly #file: PageFile
  readonly #meta: Meta
  readonly #used: PageSet
  readonly #filePages: number

  constructor(file: PageFile, meta: Meta) {
    this.#file = file
    this.#meta = meta
    this.#filePages = Math.min(meta.pages, Math.floor(file.size / meta.pageSize))
    this.#used = new PageSet(this.#filePages)
  }

  /** @param name of the tree in problems */
  walk(name: string, record: TreeRecord, visit: ItemVisitor): void {
    const tree = new OneTree(name, record)
    const isFreePages = record === this.#meta.freePages
    const isSound =
      record.depth <= maxDepth &&
      (record.root === noPage) === (record.depth === 0) &&
      (isFreePages ? (record.flags & integerKeysFlag) !== 0 : record.flags === 0 && record.pad === 0)
    if (!isSound) this.problem(`the record of its tree ${name} makes no sense`)
    if (record.root !== noPage) this.#visitPage(tree, record.root, 1, undefined, undefined, visit)
    if (
      tree.items !== record.items ||
      tree.branchPages !== record.branchPages ||
      tree.leafPages !== record.leafPages ||
      tree.largePages !== record.largePages
    )
      this.problem(`its tree ${name} should have ${record.items} items, of which ${tree.items} are there`)
  }

  /** Notes that pages are free; a page that is free and in use is a fault. */
  markFree(first: number, count: number): void {
    if (first < 2 || first + count > this.#meta.pages) {
      this.problem(`its list of free pages has page ${first}`)
      return
    }
    // Free pages may lie beyond the file's end.
    for (let page = first; page < Math.min(first + count, this.#filePages); page++)
      if (this.#used.add(page)) {
        this.problem(`its page ${page} is free and in use`)
        return
      }
  }

  problem(what: string): void {
    if (this.problems.length < maxProblems) this.problems.push(what)
  }

  #visitPage(
    tree: OneTree,
    number: number,
    depth: number,
    lower: Buffer | undefined,
    upper: Buffer | undefined,
    visit: ItemVisitor,
  ): void {
    const page = this.#page(tree, number)
    if (page === undefined) return
    const isLeaf = depth === tree.record.depth
    const flags = page.readUInt16LE(18)
    if (flags !== (isLeaf ? pageFlags.leaf : pageFlags.branch)) {
      this.problem(`its page ${number} should be a ${isLeaf ? 'leaf' : 'branch'} of the tree ${tree.name}`)
      // Read as what it says it is, as far as that goes.
      if (flags !== pageFlags.leaf && flags !== pageFlags.branch) return
    }
    if (depth > maxDepth) return
    const isSound =
      flags === pageFlags.leaf
        ? this.#visitLeaf(tree, page, lower, upper, visit)
        : this.#visitBranch(tree, page, depth, lower, upper, visit)
    if (!isSound) this.problem(`its page ${number} in the tree ${tree.name} is damaged`)
  }

  /** False when the page itself is damaged. */
  #visitBranch(
    tree: OneTree,
    view: Buffer,
    depth: number,
    lower: Buffer | undefined,
    upper: Buffer | undefined,
    visit: ItemVisitor,
  ): boolean {
    tree.branchPages += 1
    // A copy, because the window moves on.
    const page = Buffer.from(view)
    const count = nodeCount(page)
    let isSound = count >= 1
    // The first separator stands for everything below the second.
    let low = lower
    for (let index = 0; index < count; index++) {
      const node = nodeAt(page, index)
      if (node < 0) {
        isSound = false
        continue
      }
      const high = index + 1 < count ? separatorAt(page, index + 1) : upper
      if (low !== undefined && high !== undefined && tree.compare(low, 0, low.length, high, 0, high.length) >= 0)
        isSound = false
      this.#visitPage(tree, childOf(page, node), depth + 1, low, high, visit)
      low = high
    }
    return isSound
  }

  #visitLeaf(
    tree: OneTree,
    page: Buffer,
    lower: Buffer | undefined,
    upper: Buffer | undefined,
    visit: ItemVisitor,
  ): boolean {
    tree.leafPages += 1
    const count = nodeCount(page)
    let isSound = count >= 1
    let previousStart = -1
    let previousEnd = -1
    for (let index = 0; index < count; index++) {
      const node = nodeAt(page, index)
      const keyStart = node + nodeHeaderBytes
      const keyEnd = node < 0 ? -1 : keyStart + page.readUInt16LE(node + 6)
      if (node < 0 || keyEnd > page.length) {
        isSound = false
        continue
      }
      if (previousStart >= 0) {
        if (tree.compare(page, previousStart, previousEnd, page, keyStart, keyEnd) >= 0) isSound = false
      } else if (lower !== undefined && tree.compare(lower, 0, lower.length, page, keyStart, keyEnd) > 0)
        isSound = false
      previousStart = keyStart
      previousEnd = keyEnd
      tree.items += 1
      const bytes = page.readUInt16LE(node) + page.readUInt16LE(node + 2) * 2 ** 16
      const flags = page.readUInt16LE(node + 4)
      if (flags === nodeFlags.large) {
        const value = this.#largeValue(tree, page, keyEnd, bytes)
        if (value === undefined) isSound = false
        else visit(page, keyStart, keyEnd, value, 0, bytes)
      } else if (keyEnd + bytes > page.length || flags !== tree.itemFlags) isSound = false
      else visit(page, keyStart, keyEnd, page, keyEnd, keyEnd + bytes)
    }
    if (upper !== undefined && previousStart >= 0)
      if (tree.compare(page, previousStart, previousEnd, upper, 0, upper.length) >= 0) isSound = false
    return isSound
  }

  /** A value on pages of its own, which follow one another. */
  #largeValue(tree: OneTree, page: Buffer, reference: number, bytes: number): Buffer | undefined {
    if (reference + largeReferenceBytes > page.length) return undefined
    const { pageSize, txn } = this.#meta
    const first = readNumber(page, reference)
    const count = Math.floor((pageHeaderBytes - 1 + bytes) / pageSize) + 1
    if (readNumber(page, reference + 16) !== count || first < 2 || first + count > this.#filePages) return undefined
    const value = this.#file.bytes(first * pageSize, pageHeaderBytes + bytes)
    if (value === undefined) return undefined
    for (let number = first; number < first + count; number++)
      if (this.#used.add(number)) this.problem(`its page ${number} is used twice`)
    tree.largePages += count
    const isSound =
      readNumber(value, 0) === first &&
      readNumber(value, 8) <= txn &&
      value.readUInt16LE(18) === pageFlags.large &&
      value.readUInt32LE(20) === count
    if (!isSound) this.problem(`its page ${first} in the tree ${tree.name} is damaged`)
    return value.subarray(pageHeaderBytes)
  }

  #page(tree: OneTree, number: number): Buffer | undefined {
    const { pageSize, txn } = this.#meta
    const page = number >= 2 && number < this.#filePages ? this.#file.page(number, pageSize) : undefined
    if (page === undefined) {
      this.problem(`page ${number} of its tree ${tree.name} is missing`)
      return undefined
    }
    if (this.#used.add(number)) {
      this.problem(`its page ${number} is used twice`)
      return undefined
    }
    if (readNumber(page, 0) !== number || readNumber(page, 8) > txn)
      this.problem(`its page ${number} in the tree ${tree.name} is damaged`)
    return page
  }
}

/** What is counted of a tree, and how its keys are ordered. */
class OneTree {
  readonly name: string
  readonly record: TreeRecord
  readonly compare: typeof compareBytes
  /** The flags of its items, but of large ones. */
  readonly itemFlags: number
  items = 0
  branchPages = 0
  leafPages = 0
  largePages = 0

  constructor(name: string, record: TreeRecord) {
    this.name = name
    this.record = record
    this.compare = (record.flags & integerKeysFlag) === 0 ? compareBytes : compareNumbers
    this.itemFlags = name === mainTreeName ? nodeFlags.tree : 0
  }
}

export const mainTreeName = 'of names'

/** −1 when the page's bounds make no sense, so that nothing in it can be read. */
function nodeCount(page: Buffer): number {
  const lower = page.readUInt16LE(20)
  const upper = page.readUInt16LE(22)
  return lower % 2 === 0 && lower <= upper && upper + pageHeaderBytes <= page.length ? lower / 2 : -1
}

/** −1 when it is not inside the page. */
function nodeAt(page: Buffer, index: number): number {
  const node = page.readUInt16LE(pageHeaderBytes + index * 2) + pageHeaderBytes
  return node >= page.readUInt16LE(22) + pageHeaderBytes && node + nodeHeaderBytes <= page.length ? node : -1
}

/** The first key that may lie below a branch's node. */
function separatorAt(page: Buffer, index: number): Buffer | undefined {
  const node = nodeAt(page, index)
  if (node < 0) return undefined
  const start = node + nodeHeaderBytes
  return page.subarray(start, start + page.readUInt16LE(node + 6))
}

function compareBytes(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let at = 0; at < length; at++) {
    const difference = (a[aStart + at] as number) - (b[bStart + at] as number)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

/** Of little-endian numbers of one length. */
function compareNumbers(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let at = length - 1; at >= 0; at--) {
    const difference = (a[aStart + at] as number) - (b[bStart + at] as number)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}
