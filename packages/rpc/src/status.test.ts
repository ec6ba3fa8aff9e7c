import { describe, expect, it } from 'vitest'
import { parseStatusCode, StatusCode, statusName } from './status.ts'

describe('StatusCode', () => {
  it('goes from number to name and back', () => {
    for (const [name, code] of Object.entries(StatusCode)) {
      expect(statusName(code)).toBe(name)
      expect(parseStatusCode(String(code))).toBe(code)
    }
  })

  it.each(['17', '-1', 'x', '', '1.5', '999'])('reads %j as UNKNOWN', (text) => {
    expect(parseStatusCode(text)).toBe(StatusCode.UNKNOWN)
  })
})
