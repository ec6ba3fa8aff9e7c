/** Who calls whom: `from` follows the instances of `to`. */
export interface MapEdge {
  readonly from: string
  readonly to: string
  /** The processes that follow. */
  readonly processes: number
}

export interface PlacedNode {
  readonly name: string
  /** Its column: callers are left of what they call. */
  readonly layer: number
  readonly x: number
  readonly y: number
}

export interface MapLayout {
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly MapEdge[]
  readonly width: number
  readonly height: number
}

export const nodeWidth = 176
export const nodeHeight = 40
const gapX = 90
const gapY = 18
const sweeps = 6

/**
 * Columns by longest path from the callers, order inside a column by the mean of the neighbours.
 * Source: Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System Structures", 1981. Edges that
 * close a cycle are drawn, but move nothing.
 */
export function layoutMap(names: readonly string[], edges: readonly MapEdge[]): MapLayout {
  const known = new Set(names)
  const drawn = edges.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to)
  const layerOf = layersOf(names, drawn)
  const columns: string[][] = []
  for (const name of names.toSorted()) {
    const layer = layerOf.get(name) ?? 0
    while (columns.length <= layer) columns.push([])
    columns[layer]?.push(name)
  }
  order(columns, drawn)
  const tallest = Math.max(0, ...columns.map(({ length }) => length))
  const height = tallest * (nodeHeight + gapY) - gapY
  const nodes = columns.flatMap((column, layer) => {
    const own = column.length * (nodeHeight + gapY) - gapY
    return column.map((name, index) => ({
      name,
      layer,
      x: layer * (nodeWidth + gapX),
      y: (height - own) / 2 + index * (nodeHeight + gapY),
    }))
  })
  return {
    nodes,
    edges: drawn,
    width: columns.length * (nodeWidth + gapX) - gapX,
    height: Math.max(height, nodeHeight),
  }
}

function layersOf(names: readonly string[], edges: readonly MapEdge[]): Map<string, number> {
  const callers = new Map<string, string[]>()
  for (const { from, to } of edges) callers.set(to, [...(callers.get(to) ?? []), from])
  const layers = new Map<string, number>()
  const onPath = new Set<string>()
  const layer = (name: string): number => {
    const done = layers.get(name)
    if (done !== undefined) return done
    if (onPath.has(name)) return -1
    onPath.add(name)
    const found = Math.max(-1, ...(callers.get(name) ?? []).map(layer)) + 1
    onPath.delete(name)
    layers.set(name, found)
    return found
  }
  for (const name of names) layer(name)
  return layers
}

function order(columns: string[][], edges: readonly MapEdge[]): void {
  const neighbours = new Map<string, string[]>()
  for (const { from, to } of edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to])
    neighbours.set(to, [...(neighbours.get(to) ?? []), from])
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const place = new Map<string, number>()
    for (const column of columns) {
      for (const [index, name] of column.entries()) place.set(name, index / Math.max(1, column.length - 1))
    }
    for (const column of columns) {
      const weight = new Map(
        column.map((name) => {
          const places = (neighbours.get(name) ?? []).map((other) => place.get(other) ?? 0)
          const own = place.get(name) ?? 0
          return [name, places.length === 0 ? own : places.reduce((sum, each) => sum + each, 0) / places.length]
        }),
      )
      column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0))
    }
  }
}
