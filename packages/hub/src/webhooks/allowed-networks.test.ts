import { createServer } from 'node:http'
import { systemClock } from '@waypost/core'
import { expect, test } from 'vitest'
import { AllowedNetworks, classOf } from './allowed-networks.ts'
import { WebhookSender } from './send.ts'
import type { Webhook } from './webhook.ts'

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.0.9', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd00::1', 'private'],
  ['::ffff:192.168.1.1', 'private'],
  ['2002:c0a8:101::', 'private'],
  ['169.254.169.254', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['0.0.0.0', 'forbidden'],
  ['::', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
])('%s is %s', (address, expected) => {
  expect(classOf(address)).toBe(expected)
})

const webhook: Webhook = {
  id: 'wh-1',
  name: 'wh-1',
  url: '',
  format: 'json',
  language: 'en',
  kinds: ['*'],
  service: undefined,
  path: undefined,
  secret: undefined,
  isPaused: false,
  createdAt: '',
  createdBy: undefined,
}

test.each([
  'http://localhost',
  'http://127.0.0.1',
  'http://[::1]',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
])('never connects to %s unless loopback is allowed', async (host) => {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sender = new WebhookSender(new AllowedNetworks(['public', 'private']), systemClock)
  const message = { id: 'x', epochMs: 0, webhook: { ...webhook, url: `${host}:${port}/` }, events: [] }
  const attempt = await sender.send(message, AbortSignal.timeout(5_000))
  expect(attempt.error).toMatch(/^Webhooks may not be sent to .*: it is a loopback address/)
  expect(requests).toBe(0)
  await sender.close()
  server.close()
})
