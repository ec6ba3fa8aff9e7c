import type { Position } from '../problem.ts'
import type { JsonPath } from './json-path.ts'
import type { Locator } from './layered-format.ts'

interface Place {
  at: Position | undefined
  /** Of an array of tables: how many it has. */
  items: number
  children: Map<string, Place> | undefined
}

/** Where keys stand. A tree, so that a key costs the same however long the names above it are. */
export class KeyPlaces {
  readonly #root = newPlace()

  /** Notes where a key stands, and the levels above it down from `from` steps. The first place of a key counts. */
  add(path: JsonPath, position: Position, from = path.length): void {
    let place = this.#root
    for (const [index, step] of path.entries()) {
      place = childOf(place, String(step))
      if (index + 1 >= from) place.at ??= position
    }
    if (path.length === 0) place.at ??= position
  }

  /** Begins the next item of an array, and returns its index. */
  nextItem(path: JsonPath): number {
    let place = this.#root
    for (const step of path) place = childOf(place, String(step))
    place.items += 1
    return place.items - 1
  }

  /** A path in which each array but the last step is followed by the index of its newest item. */
  withItems(path: readonly string[]): string[] {
    const steps: string[] = []
    let place: Place | undefined = this.#root
    for (const [index, step] of path.entries()) {
      steps.push(step)
      place = place?.children?.get(step)
      if (place === undefined || place.items === 0 || index === path.length - 1) continue
      const item = String(place.items - 1)
      steps.push(item)
      place = place.children?.get(item)
    }
    return steps
  }

  /** Finds a key, or the nearest part above it that has a place. */
  locator(): Locator {
    return (path) => {
      let place: Place | undefined = this.#root
      let position = place.at
      for (const step of path) {
        place = place.children?.get(String(step))
        if (place === undefined) break
        position = place.at ?? position
      }
      return position ?? { line: 1, column: 1 }
    }
  }
}

function newPlace(): Place {
  return { at: undefined, items: 0, children: undefined }
}

function childOf(place: Place, step: string): Place {
  place.children ??= new Map()
  const known = place.children.get(step)
  if (known !== undefined) return known
  const child = newPlace()
  place.children.set(step, child)
  return child
}
