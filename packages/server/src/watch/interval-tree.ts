import { noEnd } from './watch-range.ts'

interface Node<T> {
  readonly start: string
  /** Exclusive; `noEnd` when there is none. */
  readonly end: string
  readonly value: T
  readonly priority: number
  left: Node<T> | undefined
  right: Node<T> | undefined
  /** The greatest end in this subtree. */
  maxEnd: string
}

/**
 * Half-open intervals of strings, each with a value, that can be asked which of them hold a given string.
 * A treap ordered by start and end, in which every node knows the greatest end below it, so that adding and removing
 * cost O(log n), and asking O(log n) for each interval found.
 *
 * Source: Cormen et al., "Introduction to Algorithms", interval trees; Seidel and Aragon, "Randomized Search Trees".
 */
export class IntervalTree<T> {
  #root: Node<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get(start: string, end: string): T | undefined {
    let node = this.#root
    while (node) {
      const order = compare(start, end, node)
      if (order === 0) return node.value
      node = order < 0 ? node.left : node.right
    }
    return undefined
  }

  /** Adds an interval that is not there yet. */
  add(start: string, end: string, value: T): void {
    const node = { start, end, value, priority: Math.random(), left: undefined, right: undefined, maxEnd: end }
    this.#root = insert(this.#root, node)
    this.#size += 1
  }

  /** Removes an interval that is there. */
  delete(start: string, end: string): void {
    this.#root = remove(this.#root, start, end)
    this.#size -= 1
  }

  /** Calls `visit` for each interval that holds `point`. The tree must not be changed meanwhile. */
  forEachAt(point: string, visit: (value: T) => void): void {
    if (this.#root) visitAt(this.#root, point, visit)
  }

  /** The same for each interval that holds anything from `first` to `last`. */
  forEachBetween(first: string, last: string, visit: (value: T) => void): void {
    if (this.#root) visitBetween(this.#root, first, last, visit)
  }
}

function visitBetween<T>(root: Node<T>, first: string, last: string, visit: (value: T) => void): void {
  let node: Node<T> | undefined = root
  while (node) {
    if (!reaches(node.maxEnd, first)) return
    if (node.left) visitBetween(node.left, first, last, visit)
    if (last < node.start) return
    if (reaches(node.end, first)) visit(node.value)
    node = node.right
  }
}

function visitAt<T>(root: Node<T>, point: string, visit: (value: T) => void): void {
  let node: Node<T> | undefined = root
  while (node) {
    if (!reaches(node.maxEnd, point)) return
    if (node.left) visitAt(node.left, point, visit)
    if (point < node.start) return
    if (reaches(node.end, point)) visit(node.value)
    node = node.right
  }
}

function reaches(end: string, point: string): boolean {
  return end === noEnd || point < end
}

function compare<T>(start: string, end: string, node: Node<T>): number {
  if (start !== node.start) return start < node.start ? -1 : 1
  if (end === node.end) return 0
  return end < node.end ? -1 : 1
}

function insert<T>(tree: Node<T> | undefined, node: Node<T>): Node<T> {
  if (!tree) return node
  if (compare(node.start, node.end, tree) < 0) {
    tree.left = insert(tree.left, node)
    if (tree.left.priority > tree.priority) return rotateRight(tree, tree.left)
  } else {
    tree.right = insert(tree.right, node)
    if (tree.right.priority > tree.priority) return rotateLeft(tree, tree.right)
  }
  update(tree)
  return tree
}

function remove<T>(tree: Node<T> | undefined, start: string, end: string): Node<T> | undefined {
  if (!tree) return undefined
  const order = compare(start, end, tree)
  if (order === 0) return merge(tree.left, tree.right)
  if (order < 0) tree.left = remove(tree.left, start, end)
  else tree.right = remove(tree.right, start, end)
  update(tree)
  return tree
}

/** Joins two trees of which the first lies wholly before the second. */
function merge<T>(left: Node<T> | undefined, right: Node<T> | undefined): Node<T> | undefined {
  if (!left || !right) return left ?? right
  if (left.priority > right.priority) {
    left.right = merge(left.right, right)
    update(left)
    return left
  }
  right.left = merge(left, right.left)
  update(right)
  return right
}

function rotateRight<T>(tree: Node<T>, left: Node<T>): Node<T> {
  tree.left = left.right
  left.right = tree
  update(tree)
  update(left)
  return left
}

function rotateLeft<T>(tree: Node<T>, right: Node<T>): Node<T> {
  tree.right = right.left
  right.left = tree
  update(tree)
  update(right)
  return right
}

function update<T>(node: Node<T>): void {
  node.maxEnd = laterEnd(node.end, laterEnd(node.left?.maxEnd, node.right?.maxEnd))
}

function laterEnd(a: string, b: string | undefined): string
function laterEnd(a: string | undefined, b: string | undefined): string | undefined
function laterEnd(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a === noEnd || b === noEnd) return noEnd
  return a > b ? a : b
}
