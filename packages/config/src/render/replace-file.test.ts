import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceFile } from './replace-file.ts'

let dir: string
let file: string

beforeEach(() => {
  dir = makeTempDir('replace')
  file = join(dir, 'a.conf')
})

afterEach(() => removeTempDir(dir))

const content = Buffer.from('new')

test('a new file has the mode that was asked for, and one that is there keeps its own', async () => {
  expect(await replaceFile(file, content, { mode: 0o640 })).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o640)
  chmodSync(file, 0o604)
  expect(await replaceFile(file, Buffer.from('newer'), { mode: 0o640 })).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o604)
  expect(readFileSync(file, 'utf8')).toBe('newer')
})

test('a file that says it already is not touched', async () => {
  await replaceFile(file, content, { mode: 0o600 })
  const before = statSync(file)
  expect(await replaceFile(file, content, { mode: 0o600 })).toBe(false)
  expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
})

test('what the check refuses replaces nothing and leaves nothing behind', async () => {
  writeFileSync(file, 'old')
  const seen: string[] = []
  const check = async (candidate: string) => {
    seen.push(readFileSync(candidate, 'utf8'))
    throw new Error('no good')
  }
  await expect(replaceFile(file, content, { mode: 0o600, check })).rejects.toMatchObject({
    code: 'failed-precondition',
    message: expect.stringContaining('no good'),
  })
  expect(seen).toEqual(['new'])
  expect(readFileSync(file, 'utf8')).toBe('old')
  expect(readdirSync(dir)).toEqual(['a.conf'])
})

test('a link to a file that is not there yet stays one, and the file is made where it leads', async () => {
  symlinkSync('later', join(dir, 'next'))
  symlinkSync('next', file)
  expect(await replaceFile(file, content, { mode: 0o600 })).toBe(true)
  expect(lstatSync(file).isSymbolicLink()).toBe(true)
  expect(lstatSync(join(dir, 'next')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(dir, 'later'), 'utf8')).toBe('new')
  symlinkSync('b', join(dir, 'a'))
  symlinkSync('a', join(dir, 'b'))
  await expect(replaceFile(join(dir, 'a'), content, { mode: 0o600 })).rejects.toThrow('cannot be written')
  symlinkSync('nowhere/file', join(dir, 'c'))
  await expect(replaceFile(join(dir, 'c'), content, { mode: 0o600 })).rejects.toThrow('cannot be written')
})

test('a symbolic link stays one, and a folder is refused', async () => {
  writeFileSync(join(dir, 'target'), 'old')
  symlinkSync('target', file)
  await replaceFile(file, content, { mode: 0o600 })
  expect(lstatSync(file).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(dir, 'target'), 'utf8')).toBe('new')
  mkdirSync(join(dir, 'folder'))
  await expect(replaceFile(join(dir, 'folder'), content, { mode: 0o600 })).rejects.toThrow('not a regular file')
  await expect(replaceFile(join(dir, 'none/a'), content, { mode: 0o600 })).rejects.toThrow('cannot be written')
})
