import { expect, test } from 'vitest'
import { layoutMap } from './map-layout.ts'

test('callers stand left of what they call, and nothing overlaps', () => {
  const edges = [
    { from: 'gateway', to: 'order', processes: 2 },
    { from: 'order', to: 'user', processes: 3 },
    { from: 'gateway', to: 'user', processes: 1 },
  ]
  const { nodes } = layoutMap(['user', 'order', 'gateway', 'alone'], edges)
  const x = Object.fromEntries(nodes.map((node) => [node.name, node.x]))
  expect(x.gateway).toBeLessThan(x.order ?? 0)
  expect(x.order).toBeLessThan(x.user ?? 0)
  expect(new Set(nodes.map((node) => `${node.x},${node.y}`)).size).toBe(4)
})

test('services that call each other in a circle are all drawn', () => {
  const circle = [
    { from: 'a', to: 'b', processes: 1 },
    { from: 'b', to: 'c', processes: 1 },
    { from: 'c', to: 'a', processes: 1 },
  ]
  const { nodes, edges } = layoutMap(['a', 'b', 'c'], circle)
  expect(nodes.map((node) => node.name).sort()).toEqual(['a', 'b', 'c'])
  expect(edges).toHaveLength(3)
})
