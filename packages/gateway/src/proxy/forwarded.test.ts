import { expect, it } from 'vitest'
import { TrustedProxies } from '../server/trusted-proxies.ts'
import { originOf } from './forwarded.ts'

const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8:9::/48'])
const connection = { remoteAddress: '10.0.0.1', isEncrypted: false, isTrusted: true, certificate: undefined }

it.each([
  [{ forwarded: 'for=192.0.2.7' }, '192.0.2.7', 'http', undefined],
  [{ forwarded: 'For="192.0.2.7:4711";Proto=HTTPS;host=Shop.example.com' }, '192.0.2.7', 'https', 'shop.example.com'],
  // As long as the one who wrote an element is trusted, it is believed: the first one is what anybody may say.
  [{ forwarded: 'for=6.6.6.6;proto=http, for=192.0.2.7, for=10.1.1.1;proto=https' }, '192.0.2.7', 'https', undefined],
  [{ forwarded: 'for="[2001:db8:1::7]:80" , for="[2001:db8:9::1]"' }, '2001:db8:1::7', 'http', undefined],
  [{ forwarded: 'for="a\\"b";host="a;b,c=\\"d"' }, '10.0.0.1', 'http', 'a;b,c="d'],
  [{ forwarded: 'for=unknown' }, '10.0.0.1', 'http', undefined],
  [{ forwarded: 'for=_hidden, for=10.2.2.2' }, '10.2.2.2', 'http', undefined],
  [{ forwarded: 'for=192.0.2.7; nonsense here' }, '10.0.0.1', 'http', undefined],
  [{ forwarded: 'for="192.0.2.7' }, '10.0.0.1', 'http', undefined],
  [{ forwarded: ' , ;for=192.0.2.7;, ' }, '192.0.2.7', 'http', undefined],
  // What most proxies write comes first.
  [
    { forwarded: 'for=192.0.2.7;proto=http', 'x-forwarded-for': '192.0.2.8', 'x-forwarded-proto': 'https' },
    '192.0.2.8',
    'https',
    undefined,
  ],
])('takes %j for who made the request', (headers, clientAddress, scheme, host) => {
  expect(originOf(connection, { headers }, proxies)).toEqual({ clientAddress, scheme, host })
  const stranger = { ...connection, isTrusted: false }
  expect(originOf(stranger, { headers }, proxies)).toEqual({
    clientAddress: '10.0.0.1',
    scheme: 'http',
    host: undefined,
  })
})

it('takes as long for a long header as its length says', () => {
  for (const long of ['for="', 'for=a', '', 'x']) {
    for (const filling of ['\\"', ' ', 'a', ';', ',']) {
      const forwarded = `${long}${filling.repeat(50_000)}\0`
      expect(originOf(connection, { headers: { forwarded } }, proxies).clientAddress).toBe('10.0.0.1')
    }
  }
})
