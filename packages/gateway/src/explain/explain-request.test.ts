import { expect, it } from 'vitest'
import { tableOf } from '../routes/build/table.test-support.ts'
import { explainRequest } from './explain-request.ts'

const table = tableOf({
  routes: {
    api: {
      hosts: ['shop.example.com'],
      path: { prefix: '/api' },
      headers: { 'x-v': '2' },
      stripPrefix: true,
      target: { service: 'api-2' },
    },
    old: { hosts: ['shop.example.com'], path: { prefix: '/api' }, target: { service: 'api' } },
    post: { path: { exact: '/api/x' }, methods: ['POST'], target: { service: 'post' } },
    elsewhere: { hosts: ['*.other.dev'], target: { service: 'x' } },
    exact: { path: { template: '/web/{page}' }, redirect: { to: 'https://www.example.com/{page}' } },
  },
})

it('says which route takes a request, what is sent, and why the others do not', () => {
  const url = 'https://shop.example.com/api/./x?q=1'
  const explained = explainRequest(table, { method: 'get', url, headers: { 'X-V': '2' } })
  expect(explained).toMatchObject({
    kind: 'matched',
    route: { name: 'api' },
    because: ['it is for shop.example.com', 'its path is prefix /api', 'the header x-v is "2"'],
    chosen: { target: { service: 'api-2' }, reason: 'target' },
    sentPath: '/x?q=1',
    others: [
      { route: 'old', reason: 'it would take the request, but api has more rules for headers' },
      { route: 'post', reason: 'it takes POST' },
      { route: 'exact', reason: 'its path is template /web/{name}' },
      { route: 'elsewhere', reason: 'it is for *.other.dev, not for shop.example.com' },
    ],
  })
})

it('says what a route answers, that none takes a request, and that some are refused', () => {
  expect(explainRequest(table, { method: 'GET', url: 'http://a/web/home?x' })).toMatchObject({
    kind: 'matched',
    params: { page: 'home' },
    answer: { status: 308, headers: { location: 'https://www.example.com/home?x' } },
  })
  expect(
    explainRequest(table, { method: 'GET', url: '/api', headers: { host: 'shop.example.com', 'x-v': '1' } }),
  ).toMatchObject({
    kind: 'matched',
    route: { name: 'old' },
    others: [{ reason: 'the header x-v must be "2", and is "1"' }, {}, {}, {}],
  })
  expect(explainRequest(table, { method: 'GET', url: 'http://b/' })).toMatchObject({ kind: 'unmatched' })
  expect(explainRequest(table, { method: 'GET', url: 'http://b/../x' })).toMatchObject({
    kind: 'refused',
    answer: { status: 400, detail: 'The path leads above its root.' },
  })
})
