import { describe, expect, it } from 'vitest'
import { frame } from '../http2/raw-peer.test-support.ts'
import { FrameFilter } from './frame-filter.ts'

describe('FrameFilter', () => {
  it('leaves out what is not wanted, however it is cut', () => {
    const kept = [frame(4, 0, 0, 'settings'), frame(0, 1, 3, 'x'.repeat(50)), frame(1, 5, 5, 'block')]
    const bytes = Buffer.concat([
      Buffer.from('preface'),
      ...kept.flatMap((each) => [frame(6, 1, 0, '12345678'), each, frame(6, 1)]),
    ])
    const expected = Buffer.concat([Buffer.from('preface'), ...kept])
    for (let step = 1; step <= bytes.length; step += 1) {
      const filter = new FrameFilter(7, (type, flags) => type === 6 && flags === 1)
      const passed: Buffer[] = []
      for (let at = 0; at < bytes.length; at += step) passed.push(filter.filter(bytes.subarray(at, at + step)))
      expect(Buffer.concat(passed).equals(expected)).toBe(true)
    }
  })
})
