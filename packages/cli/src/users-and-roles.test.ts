import { requireOrSkip } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesideEtcdctl, serveInMemory } from './beside-etcdctl.test-support.ts'
import { waypost } from './waypost.test-support.ts'

const available = requireOrSkip('users and roles beside etcdctl', 'etcd', 'etcdctl')

describe.skipIf(!available)('users and roles as etcdctl prints them', () => {
  let beside: BesideEtcdctl
  const same = (line: string, stdin?: string): Promise<void> => beside.expectSame(line.split(' '), stdin)
  const ours = (line: string, stdin?: string) =>
    waypost(line.split(' '), { stdin, env: { WAYPOST_ENDPOINTS: beside.ours.url } })

  beforeAll(async () => {
    beside = await BesideEtcdctl.start(() => serveInMemory('--bcrypt-cost', '4'))
  })

  afterAll(async () => {
    await beside?.close()
  })

  test('roles and what they permit', async () => {
    await same('role add r1')
    await same('role add r1')
    await same('role add r2 -w json')
    await same('role get r2 -w json')
    await same('role grant-permission r1 readwrite a')
    await same('role grant-permission r1 read b c')
    await same('role grant-permission r1 read --prefix p/')
    await same('role grant-permission r1 --from-key=true write z')
    await beside.expectSame(['role', 'grant-permission', 'r1', 'write', '--prefix', ''])
    await Promise.all([
      same('role grant-permission r1 nonsense k'),
      same('role grant-permission r1 read --prefix --from-key k'),
      same('role grant-permission r1 read --prefix k l'),
      same('role get r1'),
      same('role get r1 -w json'),
      same('role list -w json'),
      same('role list -w fields'),
      same('role get r1 -w fields'),
    ])
    await same('role revoke-permission r1 a')
    await same('role revoke-permission r1 a')
    await same('role revoke-permission r1 --prefix p/')
    await same('role get r1')
    await same('role delete r2')
  })

  test('users, their passwords and their roles', async () => {
    await same('user add ann:secret')
    await same('user add ann:secret')
    await same('user add :secret')
    await same('user add bob --new-user-password x:y')
    await same('user add cert --no-password')
    await same('user add piped --interactive=false', 'from a pipe\n')
    await same('user add json:x -w json')
    await same('user grant-role ann r1')
    await same('user grant-role ann nobody')
    await Promise.all([
      same('user get ann'),
      same('user get ann --detail'),
      same('user get ann -w json'),
      same('user get ghost'),
      same('user list -w json'),
    ])
    await same('user passwd bob --interactive=false', 'new\n')
    await same('user passwd ghost --interactive=false', 'new\n')
    await same('user revoke-role ann r1')
    await same('user delete bob -w json')
  })

  test('without a terminal and without being told so no password is read', async () => {
    const added = await ours('user add nobody', 'secret\n')
    expect(added).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--interactive=false') })
    expect((await ours('user list')).stdout).not.toContain('nobody')
  })

  test('auth is turned on, root is given its role, and it is turned off again', async () => {
    await same('auth disable')
    await same('auth enable')
    await same('user add root:pw')
    await same('auth enable')
    await Promise.all([same('user list'), same('user list --user root:wrong')])
    await same('user add late:x --user root:pw')
    await same('user add later --no-password --user root --password pw')
    await same('user list --user root:pw')
    const status = await ours('auth status --user root:pw')
    expect(status.stdout).toMatch(/^Authentication Status: true\nAuthRevision: \d+\n$/)
    expect(JSON.parse((await ours('auth status --user root:pw -w json')).stdout)).toMatchObject({ enabled: true })
    await same('auth disable --user root:pw')
    await same('user list')
  })
})
