import { expect, test } from 'vitest'
import { headersIn } from './headers-in.ts'

test.each([
  ['', {}],
  ['X-Canary: yes\n\naccept:  text/html ', { 'x-canary': 'yes', accept: 'text/html' }],
  ['cookie: a=1; b=c:d', { cookie: 'a=1; b=c:d' }],
  ['no colon', undefined],
  [': no name', undefined],
])('reads %j', (text, headers) => expect(headersIn(text)).toEqual(headers))
