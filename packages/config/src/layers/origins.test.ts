import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { placeMisfits, problemPlacer } from './origins.ts'
import { resolveDocuments } from './resolve.ts'

const count = 1_200
const lines = Array.from(
  { length: count },
  (_, index) => `  r${index}:\n    path: { prefix: /${index} }\n    tags: [a]\n`,
)
const files: Readonly<Record<string, string>> = {
  'shared/small.yaml': 'routes:\n  small: { path: 1 }\n',
  'shared/large.yaml': `routes:\n${lines.join('')}`,
}

function layers() {
  const { config } = resolveDocuments(
    {
      document: (path) => {
        const text = files[path]
        return text === undefined ? undefined : { bytes: Buffer.from(text), modRevision: 3n }
      },
    },
    { app: 'gateway', imports: ['shared/small.yaml', 'shared/large.yaml'], importsOnly: true },
  )
  if (config === undefined) throw new Error('The documents are good.')
  return config.layers
}

it('finds all places of a large document in one reading beside other work, as it does in a small one', async () => {
  const all = layers()
  const misfits = [
    ...Array.from({ length: 100 }, (_, index) => ({ keys: ['routes', `r${index * 10}`, 'tags', 0], reason: 'wrong.' })),
    { keys: ['routes', 'small', 'path'], reason: 'wrong.' },
    { keys: ['routes', 'r7', 'nothing', 'below'], reason: 'missing.' },
    { keys: [], reason: 'All is wrong.' },
  ]
  let turns = 0
  let isOver = false
  const counting = (async () => {
    for (; !isOver; turns++) await setImmediate()
  })()
  const placed = await placeMisfits(all, misfits)
  isOver = true
  await counting
  const place = problemPlacer(all)
  expect(placed).toEqual(misfits.map(({ keys, reason }) => place(keys, reason)))
  expect(placed[1]).toMatchObject({ path: 'shared/large.yaml', line: 34, column: 12, keyPath: 'routes.r10.tags.0' })
  expect(placed[100]).toMatchObject({ path: 'shared/small.yaml', line: 2, column: 12 })
  // Reading the document here would be a single turn.
  expect(turns).toBeGreaterThan(10)
})
