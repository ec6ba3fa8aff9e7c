import { expect, test } from 'vitest'
import { SseParser } from './sse-parser.ts'

test('reads events, whatever pieces they come in', () => {
  const text = ': hello\n\nid: 7\nevent: change\ndata: {"a":1}\n\nid: 8\r\ndata: one\r\ndata: two\r\n\r\n'
  const expected = [
    { name: 'change', data: '{"a":1}', id: '7' },
    { name: 'message', data: 'one\ntwo', id: '8' },
  ]
  expect(new SseParser().push(text)).toEqual(expected)
  const byLetters = new SseParser()
  expect([...text.replaceAll('\r', '')].flatMap((letter) => byLetters.push(letter))).toEqual(expected)
})

test('an event without data is still told, a comment is not', () => {
  expect(new SseParser().push('event: current\n\n: beat\n\n')).toEqual([{ name: 'current', data: '', id: undefined }])
})
