import { describe, expect, it } from 'vitest'
import { checkMetadata } from './check-metadata.ts'
import { StatusCode } from './status.ts'

describe('checkMetadata', () => {
  it.each([
    { token: 'abc.123' },
    { hasleader: 'true' },
    { 'x-bytes-bin': 'AP8B' },
    { 'x.y_z-1': 'some words' },
    { empty: '' },
  ])('accepts %j', (metadata) => {
    expect(() => checkMetadata(metadata)).not.toThrow()
  })

  it.each([
    { Token: 'x' },
    { ':path': '/x' },
    { 'a b': 'x' },
    { '': 'x' },
    { 'grpc-timeout': '1S' },
    { te: 'gzip' },
    { connection: 'close' },
    { token: 'é' },
    { token: 'a\nb' },
    { token: ' a' },
  ])('refuses %j, before anything is sent', (metadata) => {
    expect(() => checkMetadata(metadata)).toThrow(
      expect.objectContaining({ code: StatusCode.INVALID_ARGUMENT, delivery: 'not-sent' }),
    )
  })
})
