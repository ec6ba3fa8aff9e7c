import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHost } from './host.ts'
import { type PathRules, readRequestTarget } from './request-target.ts'

function pathOf(target: string, rules?: PathRules): string | number {
  const read = readRequestTarget(target, rules)
  return 'status' in read ? read.status : read.path
}

const keep: PathRules = { encodedSlashes: 'keep', mergeSlashes: true }

describe('the target of a request', () => {
  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/b/'],
    ['/a//b', '/a/b'],
    ['//a', '/a'],
    ['/a/./b', '/a/b'],
    ['/a/b/..', '/a/'],
    ['/a/b/../c', '/a/c'],
    ['/a/.', '/a/'],
    ['/a/%2e%2E/admin', '/admin'],
    ['/a/%2e/b', '/a/b'],
    ['/%61dmin', '/admin'],
    ['/%7euser', '/~user'],
    ['/a%20b', '/a%20b'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/caf\u00c3\u00a9', '/caf%C3%A9'],
    ['/a|b', '/a%7Cb'],
    ['/ADMIN', '/ADMIN'],
    ['/a;x=1/b', '/a;x=1/b'],
    ['/...', '/...'],
    ['/.well-known/x', '/.well-known/x'],
    ['*', '*'],
    ['http://shop.example.com/a/../b', '/b'],
    ['http://shop.example.com', '/'],
  ])('%s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path)
  })

  it.each([
    '',
    'a',
    'ftp://x/',
    '/..',
    '/a/../../b',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/a/..;/admin',
    '/a/.;x/admin',
    '/a%2fb',
    '/a%5Cb',
    '/a\\b',
    '/a%00b',
    '/a%0d%0ab',
    '/a%zz',
    '/a%2',
    '/a#b',
    '/a b',
    '/a\tb',
    '/?a b',
    '/?a#b',
    '/?a\u0000',
  ])('%j is refused', (target) => {
    expect(pathOf(target)).toBe(400)
  })

  it('keeps encoded slashes in their segment when told to', () => {
    expect(pathOf('/a%2fb/..%2Fc', keep)).toBe('/a%2Fb/..%2Fc')
    expect(pathOf('/a//b', { encodedSlashes: 'keep', mergeSlashes: false })).toBe('/a//b')
  })

  it('leaves the query as it is', () => {
    expect(readRequestTarget('/a/../b?x=../%2f//')).toMatchObject({ path: '/b', search: '?x=../%2f//' })
    expect(readRequestTarget('http://h:8080?x')).toMatchObject({ path: '/', search: '?x', authority: 'h:8080' })
  })

  it('is normal after one reading, and never holds a dot segment', () => {
    const piece = fc.constantFrom('/', '.', '..', '%2e', '%2F', '%41', 'a', ';', '%', '//', '~', '%e4', '\\')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = pathOf(`/${pieces.join('')}`, keep)
        if (typeof path === 'number') return
        expect(pathOf(path, keep)).toBe(path)
        expect(path.split('/').filter((segment) => segment === '.' || segment === '..')).toEqual([])
      }),
    )
  })
})

describe('the host of a request', () => {
  it.each([
    ['Shop.Example.com', 'shop.example.com'],
    ['shop.example.com:8080', 'shop.example.com'],
    ['shop.example.com.', 'shop.example.com'],
    ['[::1]:80', '::1'],
    ['', ''],
  ])('%j is %j', (text, host) => {
    expect(readHost(text)).toBe(host)
  })

  it.each(['a b', 'a/b', 'a@b', '.', '..a', 'a..b', 'a:b', 'a,b', '[::1', 'exa\u00e9'])('%j is none', (text) => {
    expect(readHost(text)).toBeUndefined()
  })
})
