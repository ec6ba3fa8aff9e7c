import { describe, expect, it } from 'vitest'
import { readDocument } from './config-document.ts'

function read(text: string) {
  return readDocument('a.properties', Buffer.from(text))
}

describe('a properties document', () => {
  it('gives its values, a level for each dot', () => {
    const text = [
      '# a comment',
      '! another',
      '',
      'db.host=10.0.0.1',
      'db.pool.max = 10',
      'debug:true',
      'motto   carpe\\u0020diem \\',
      '        twice',
      'path=C\\:\\\\temp',
      'pin=007',
      'url = http://a:1/?x=y',
      'empty=',
      '配置=值',
    ].join('\r\n')
    expect(read(text).document?.value).toEqual({
      db: { host: '10.0.0.1', pool: { max: 10 } },
      debug: true,
      motto: 'carpe diem twice',
      path: 'C:\\temp',
      pin: '007',
      url: 'http://a:1/?x=y',
      empty: '',
      配置: '值',
    })
  })

  it('knows where keys and levels stand', () => {
    const locate = read('# x\ndb.host=a\n  db.pool.max=1\n').document?.locator()
    expect(locate?.(['db', 'pool', 'max'])).toEqual({ line: 3, column: 3 })
    expect(locate?.(['db'])).toEqual({ line: 2, column: 1 })
    expect(locate?.(['db', 'host', 'x'])).toEqual({ line: 2, column: 1 })
  })

  it.each([
    ['a=1\na=2', 2, 'occurs twice'],
    ['a=1\na.b=2', 2, 'a has a value of its own'],
    ['a.b=1\na=2', 2, 'it has keys below it'],
    ['ok=1\n.b=2', 2, 'empty part'],
    ['ok=1\nb=\\u12', 2, 'hexadecimal'],
  ])('reports %j in line %i', (text, line, message) => {
    expect(read(text).problems).toMatchObject([{ line, message: expect.stringContaining(message) }])
  })
})

it('a properties document of a hundred thousand continued lines is read in reasonable time', () => {
  const before = process.cpuUsage()
  expect(read(`a=${'x\\\n'.repeat(100_000)}`).document?.value).toEqual({ a: 'x'.repeat(100_000) })
  // In one pass it takes milliseconds; joining again for each line took minutes.
  expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
})
