import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decrypt, encrypt, isBound, isCipher, keyIdOf } from './cipher.ts'
import {
  environmentKeyring,
  generateKey,
  type Keyring,
  parseKeyring,
  readKeyring,
  rememberingKeyring,
} from './keyring.ts'
import { Redactor } from './redactor.ts'
import { rekey } from './rekey.ts'

const old = generateKey('old')
const keyring = parseKeyring(`${generateKey('new')},${old}`)
const oldKeyring = parseKeyring(old)

describe('an encrypted value', () => {
  it('says what was encrypted, whatever it was, and looks different every time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const [one, two] = await Promise.all([encrypt(text, keyring), encrypt(text, keyring)])
        expect(one).not.toBe(two)
        expect(one).toMatch(/^\{cipher\}v1:new:[\w-]+$/)
        expect(await decrypt(one, keyring)).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  it('names its key, so that several may be in use', async () => {
    const value = await encrypt('a', oldKeyring)
    expect(isCipher(value)).toBe(true)
    expect(keyIdOf(value)).toBe('old')
    expect(await decrypt(value, keyring)).toBe('a')
    const stranger = parseKeyring(generateKey('stranger'))
    await expect(decrypt(value, stranger)).rejects.toMatchObject({ code: 'not-found' })
    const namesake = parseKeyring(generateKey('old'))
    await expect(decrypt(value, namesake)).rejects.toMatchObject({ code: 'failed-precondition' })
  })

  it('does not decrypt when any of it was changed', async () => {
    const value = await encrypt('secret', keyring)
    const start = value.lastIndexOf(':') + 1
    for (let at = start; at < value.length - 1; at++) {
      const changed = `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
      await expect(decrypt(changed, keyring)).rejects.toMatchObject({ code: 'failed-precondition' })
    }
    await expect(decrypt(value.replace(':new:', ':old:'), keyring)).rejects.toMatchObject({
      code: 'failed-precondition',
    })
  })

  it('that is bound to a document works in no other, and cannot be set free', async () => {
    const value = await encrypt('secret', keyring, { path: 'order/application.yaml' })
    expect(isBound(value)).toBe(true)
    expect(await decrypt(value, keyring, { path: 'order/application.yaml' })).toBe('secret')
    const elsewhere = decrypt(value, keyring, { path: 'user/application.yaml' })
    await expect(elsewhere).rejects.toMatchObject({ code: 'failed-precondition' })
    await expect(decrypt(value, keyring)).rejects.toMatchObject({ code: 'invalid-argument' })
    const freed = value.replace(':doc:', ':')
    await expect(decrypt(freed, keyring)).rejects.toMatchObject({ code: 'failed-precondition' })
  })

  it.each(['plain', '{cipher}', '{cipher}v1:k', '{cipher}v1:k:short', '{cipher}v2:k:AAAA', '{cipher}v1:k:a b'])(
    'is not %j',
    async (value) => {
      await expect(decrypt(value, keyring)).rejects.toMatchObject({ code: 'invalid-argument' })
    },
  )
})

describe('rekeying', () => {
  it('encrypts what is under an older key again, and leaves every other byte alone', async () => {
    const path = 'order/application.yaml'
    const [free, bound, fresh] = [
      await encrypt('one', oldKeyring),
      await encrypt('two', oldKeyring, { path }),
      await encrypt('three', keyring),
    ]
    const text = `a: "${free}" # why\r\nb: ${bound}\nc: [${fresh}, x]\n`
    const rekeyed = await rekey(text, keyring, { path })
    expect(rekeyed.changed).toBe(2)
    const values = rekeyed.text.match(/\{cipher\}[\w:.-]+/g) ?? []
    expect(values.map(keyIdOf)).toEqual(['new', 'new', 'new'])
    expect(values.map(isBound)).toEqual([false, true, false])
    expect(await Promise.all(values.map((value) => decrypt(value, keyring, { path })))).toEqual(['one', 'two', 'three'])
    const blank = (each: string): string => each.replace(/\{cipher\}[\w:.-]+/g, '*')
    expect(blank(rekeyed.text)).toBe(blank(text))
    expect(await rekey(rekeyed.text, keyring, { path })).toEqual({ text: rekeyed.text, changed: 0 })
  })
})

describe('a keyring', () => {
  it('is read from text, a file or the environment', async () => {
    const hex = `hex: ${'0f'.repeat(32)}`
    expect(parseKeyring(`# keys\n${old} # a\n\n${hex}`).primary).toBe('old')
    const directory = makeTempDir('keys')
    try {
      const file = join(directory, 'keys')
      await writeFile(file, hex)
      expect((await readKeyring(file)).primary).toBe('hex')
      expect((await environmentKeyring({ WAYPOST_CONFIG_KEYS_FILE: file }))?.primary).toBe('hex')
      expect((await environmentKeyring({ WAYPOST_CONFIG_KEYS: old }))?.primary).toBe('old')
      expect(await environmentKeyring({})).toBeUndefined()
      await expect(readKeyring(join(directory, 'none'))).rejects.toMatchObject({ code: 'invalid-argument' })
    } finally {
      await removeTempDir(directory)
    }
  })

  it.each(['', 'abc', 'a:tooshort', `a b:${'0f'.repeat(32)}`, `${old}\n${old}`])('is not %j', (text) => {
    expect(() => parseKeyring(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('never quotes a key in a message', () => {
    const secret = 'c2VjcmV0c2VjcmV0'
    expect(() => parseKeyring(`a:${secret}`)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    )
  })

  it('may be a key service, which is asked once for each key, and again after it failed', async () => {
    const asked: string[] = []
    const service: Keyring = {
      primary: 'new',
      key: async (id, { signal }) => {
        asked.push(id)
        expect(signal?.aborted).toBe(false)
        if (asked.length === 1) throw new Error('come back later')
        return keyring.key(id, { signal }) as Uint8Array
      },
    }
    const remembering = rememberingKeyring(service)
    await expect(encrypt('a', remembering)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('come back later'),
    })
    expect(await decrypt(await encrypt('a', remembering), remembering)).toBe('a')
    expect(asked).toEqual(['new', 'new'])
  })
})

describe('redaction', () => {
  const redactor = new Redactor(new Set(['hunter2', 'a', 'say "x"']), [['db', 'password']])

  it.each([
    ['the password hunter2 is wrong', 'the password [secret] is wrong'],
    ['a', '[secret]'],
    ['a short secret does not shred a sentence', 'a short secret does not shred a sentence'],
    ['got "say \\"x\\""', 'got "[secret]"'],
  ])('of %j leaves %j', (text, expected) => {
    expect(redactor.text(text)).toBe(expected)
  })

  it('of a value goes by its key and by what it says', () => {
    const at = new Date(0)
    expect(redactor.value({ db: { password: 5, url: 'x:hunter2@y', at }, n: [1, 'a'] }, [])).toEqual({
      db: { password: '[secret]', url: 'x:[secret]@y', at },
      n: [1, '[secret]'],
    })
    expect(redactor.value('x', ['db', 'password', 'deep'])).toBe('[secret]')
  })
})
