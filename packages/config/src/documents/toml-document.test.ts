import { describe, expect, it } from 'vitest'
import { readDocument } from './config-document.ts'

const text = `# people
title = "shop"
"quoted.key" = 1

[database]
host = 'db'
ports = [
  1, # one
  2,
]
pool.max = 5
note = """
[not.a.table]
x = 1
"""

[[queue]]
name = "a"

[[queue]]
name = "b"
[queue.retry]
times = 3
`

describe('a TOML document', () => {
  const { document } = readDocument('a.toml', Buffer.from(text))

  it('gives its values', () => {
    expect(document?.value).toEqual({
      title: 'shop',
      'quoted.key': 1,
      database: { host: 'db', ports: [1, 2], pool: { max: 5 }, note: '[not.a.table]\nx = 1\n' },
      queue: [{ name: 'a' }, { name: 'b', retry: { times: 3 } }],
    })
  })

  it.each<[(string | number)[], number, number]>([
    [['title'], 2, 1],
    [['quoted.key'], 3, 1],
    [['database'], 5, 1],
    [['database', 'host'], 6, 1],
    [['database', 'ports', 1], 7, 1],
    [['database', 'pool', 'max'], 11, 1],
    [['database', 'note'], 12, 1],
    [['queue', 0, 'name'], 18, 1],
    [['queue', 1, 'name'], 21, 1],
    [['queue', 1, 'retry', 'times'], 23, 1],
  ])('knows where %j stands', (path, line, column) => {
    expect(document?.locator()(path)).toEqual({ line, column })
  })

  it('keeps dates as text', () => {
    const { document } = readDocument('a.toml', Buffer.from('at = 2024-05-01T10:00:00Z\nday = 2024-05-01'))
    expect(document?.value).toEqual({ at: '2024-05-01T10:00:00.000Z', day: '2024-05-01' })
  })

  it.each([
    ['a = 1\na = 2', 2],
    ['ok = 1\nb = [1, 2', 2],
    ['ok = 1\nid = 12345678901234567890', 2],
    ['x = ', 1],
  ])('reports %j in line %i', (text, line) => {
    const { problems } = readDocument('a.toml', Buffer.from(text))
    expect(problems).toMatchObject([{ path: 'a.toml', line, column: expect.any(Number) }])
    expect(problems?.[0]?.message.split('\n')).toHaveLength(1)
  })

  it('takes a byte order mark and __proto__ as what they are', () => {
    const { document } = readDocument('a.toml', Buffer.from('\uFEFF__proto__ = 1'))
    expect(Object.keys(document?.value ?? {})).toEqual(['__proto__'])
    expect(document?.locator()(['__proto__'])).toEqual({ line: 1, column: 1 })
  })
})
