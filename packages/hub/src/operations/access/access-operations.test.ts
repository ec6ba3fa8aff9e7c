import { describe, expect, it } from 'vitest'
import { onHub, part } from '../operations.test-support.ts'

const password = 'a long password'
const on = onHub({ rootPassword: password })
const root = (method: string, path: string, body?: unknown) => on().call(method, path, body, 'root')

describe('users and roles', () => {
  it('are made, listed, given roles and permissions, and deleted', async () => {
    expect((await root('POST', '/v1/users', { user: 'ann', password })).status).toBe(201)
    expect((await root('POST', '/v1/users', { user: 'ann', password })).body).toMatchObject({ code: 'already-exists' })
    expect((await root('POST', '/v1/users', { user: 'a\u0000', password })).status).toBe(400)
    expect((await root('POST', '/v1/roles', { role: 'readers' })).status).toBe(201)
    expect((await root('PUT', '/v1/users/ann/roles/readers')).status).toBe(204)
    expect((await root('PUT', '/v1/roles/readers/permissions', { type: 'read', prefix: '/notes/' })).status).toBe(204)
    expect((await root('GET', '/v1/users?search=AN')).body).toEqual({ users: [{ user: 'ann', roles: ['readers'] }] })
    expect((await root('GET', '/v1/roles/readers')).body).toMatchObject({
      permissions: [{ type: 'read', key: '/notes/', rangeEnd: '/notes0' }],
    })
    const may = (key: string) => root('GET', `/v1/access/may?user=ann&key=${part(key)}`)
    expect((await may('/notes/a')).body).toEqual({
      read: { isAllowed: true, role: 'readers' },
      write: { isAllowed: false },
    })
    expect((await may('/other')).body).toMatchObject({ read: { isAllowed: false } })
    expect((await root('DELETE', '/v1/roles/readers/permissions?prefix=%2Fnotes%2F')).status).toBe(204)
    expect((await root('DELETE', '/v1/users/ann/roles/readers')).status).toBe(204)
    expect((await root('PUT', '/v1/users/ann/password', { password: 'new' })).status).toBe(204)
    expect((await root('DELETE', '/v1/roles/readers')).status).toBe(204)
    expect((await root('DELETE', '/v1/users/ann')).status).toBe(204)
    expect((await root('DELETE', '/v1/users/ann')).status).toBe(404)
  })

  it('are told what they may do in words', async () => {
    await root('POST', '/v1/users', { user: 'eva', password })
    const grant = { name: 'eva', action: 'publish', subject: 'order/' }
    expect((await root('GET', '/v1/access/why?user=eva&action=publish&subject=order%2F')).body).toMatchObject({
      isAllowed: false,
    })
    const denied = await on().call('PUT', `/v1/config/documents/${part('order/a.yaml')}`, { content: 'a: 1\n' }, 'eva')
    expect(denied.body).toMatchObject({ status: 403, permission: { action: 'publish', resource: 'order/a.yaml' } })
    expect((await root('POST', '/v1/access/grants', grant)).body).toMatchObject({
      role: 'eva',
      changed: expect.any(Array),
    })
    const published = await on().call(
      'PUT',
      `/v1/config/documents/${part('order/a.yaml')}`,
      { content: 'a: 1\n' },
      'eva',
    )
    expect(published.body).toMatchObject({ release: 1 })
    const asOther = { content: 'a: 2\n', author: 'root' }
    expect((await on().call('PUT', `/v1/config/documents/${part('order/a.yaml')}`, asOther, 'eva')).status).toBe(400)
    expect((await root('GET', '/v1/users/eva/access')).body).toMatchObject({
      allowed: expect.arrayContaining([{ action: 'publish', subject: 'order/' }]),
    })
    expect((await on().call('GET', '/v1/users/eva/access', undefined, 'eva')).status).toBe(200)
    expect((await root('DELETE', '/v1/access/grants?name=eva&action=publish&subject=order%2F')).status).toBe(200)
    expect((await root('DELETE', '/v1/access/grants?name=eva&action=publish&subject=order%2F')).status).toBe(404)
    expect((await root('POST', '/v1/access/grants', { ...grant, action: 'fly' })).status).toBe(400)
    expect((await root('POST', '/v1/access/grants', { ...grant, action: 'operate', subject: 'a/b' })).status).toBe(400)
  })
})

describe('the audit', () => {
  it('tells who did what, by what one asks for, and proves it', async () => {
    const path = `/v1/config/documents/${part('audited.yaml')}`
    for (let n = 1; n <= 5; n++) await root('PUT', path, { content: `n: ${n}\n`, comment: `change ${n}` })
    const first = (await root('GET', '/v1/audit?path=audited.yaml&limit=2')).body as {
      entries: unknown[]
      next: string
    }
    expect(first.entries).toMatchObject([
      { author: 'root', action: 'publish', comment: 'change 5' },
      { comment: 'change 4' },
    ])
    const second = await root('GET', `/v1/audit?path=audited.yaml&limit=3&before=${first.next}`)
    expect(second.body).toMatchObject({
      entries: [{ comment: 'change 3' }, { comment: 'change 2' }, { comment: 'change 1' }],
    })
    expect((await root('GET', '/v1/audit?search=CHANGE%203')).body).toMatchObject({
      entries: [{ comment: 'change 3' }],
    })
    expect((await root('GET', '/v1/audit?author=eva&action=publish')).body).toMatchObject({
      entries: [{ author: 'eva' }],
    })
    expect((await root('GET', '/v1/audit?after=2100-01-01')).body).toMatchObject({ entries: [] })
    const { body } = await root('GET', '/v1/audit/verification')
    expect(body).toMatchObject({ faults: [], end: { sequence: expect.any(Number) } })
    const { sequence, hash } = (body as { end: { sequence: number; hash: string } }).end
    expect((await root('GET', `/v1/audit/verification?known=${sequence}:${hash}`)).body).toMatchObject({ faults: [] })
    expect((await root('GET', '/v1/audit/verification?known=1:x')).status).toBe(400)
    expect((await root('DELETE', '/v1/audit?olderThanDays=1')).body).toEqual({ pruned: 0 })
    expect((await root('DELETE', '/v1/audit?olderThanDays=0')).status).toBe(400)
  })
})
