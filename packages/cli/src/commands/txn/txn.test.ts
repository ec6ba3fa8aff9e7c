import { requireOrSkip } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BesideEtcdctl, serveInMemory } from '../../beside-etcdctl.test-support.ts'
import { waypost } from '../../waypost.test-support.ts'

const available = requireOrSkip('transactions beside etcdctl', 'etcd', 'etcdctl')

describe.skipIf(!available)('txn as etcdctl prints it', () => {
  let beside: BesideEtcdctl

  beforeAll(async () => {
    beside = await BesideEtcdctl.start(serveInMemory)
  })

  afterAll(async () => {
    await beside?.close()
  })

  test('the same file prints the same', async () => {
    const same = (stdin: string, ...args: string[]): Promise<void> => beside.expectSame(['txn', ...args], stdin)
    await same('\nput a 1\n\n\n')
    await same('mod("a") > "0"\n\nput a "2 3"\nget a\n\nput b x\n\n')
    await same('mod("zz") = "1"\n\nput a 1\n\nput c "overwrote"\nget c\n\n')
    await same('\nput "key\\tx" "v\\x41\\xff"\nput 配置 "值"\nget "key\\tx"\nget --prefix ""\n\n\n')
    await same(
      'value("a") = `2 3`\nc("a") < "9"\nm("a") != "99"\nversion("a") < "100"\ncreate("a") > "0"\n\nget a\n\n\n',
    )
    await same('val("none") > "0"\n\n\nget none\n\n')
    await same('ver("c") = "1" and more\n\nput c 2 --prev-kv\ndel a b --prev-kv\ndel missing\n\n\n')
    await same('\nget --prefix --order=DESCEND --limit=2 c\nget --from-key=true c --keys-only\n\n\n')
    await same('\nput j 1\n\n\n', '-i')
    await same('\nget j\nput j 2 --prev-kv\nget j\ndel k\n\n\n', '-w', 'json')
    await same('\ndel k\nget j --rev 2\nget k\n\n\n', '-w', 'json')
    await same('ver("j") = "77"\n\n\n\n', '-w', 'json')
    await same('\nput a 1\nput a 2\n\n\n')
  })

  test('what etcdctl refuses is refused, and nothing is done', async () => {
    const refused = [
      'ver("j")="0"\n\nput no 1\n\n\n',
      '\nput no\n\n\n',
      '\nput no 1\n\n',
      '\nput no 1\n',
      '\nput no "1',
    ]
    await Promise.all(refused.map((stdin) => beside.expectSame(['txn'], stdin)))
    const broken = await waypost(['txn'], { stdin: '\nput no 1\n', env: { WAYPOST_ENDPOINTS: beside.ours.url } })
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('an empty line ends each part') })
    await beside.expectSame(['get', 'no'])
  })
})
