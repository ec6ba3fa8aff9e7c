import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry } from '@waypost/registry'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bin, startWaypost, waypost } from '../../waypost.test-support.ts'

let store: Awaited<ReturnType<typeof startStore>>
let etcd: EtcdClient
let config: ConfigCenter
let dir: string

beforeAll(async () => {
  store = await startStore()
  etcd = new EtcdClient({ endpoints: store.url })
})

beforeEach(async () => {
  dir = makeTempDir('cli-config')
  config = new ConfigCenter(etcd, { instance: 'web-1' })
})

afterEach(async () => {
  await config.close()
  await etcd.kv.delete({ all: true })
  removeTempDir(dir)
})

afterAll(async () => {
  await etcd.close()
  await store.close()
})

function run(args: readonly string[], options: { stdin?: string; env?: Record<string, string> } = {}) {
  const env = { WAYPOST_ENDPOINTS: store.url, TMPDIR: dir, ...options.env }
  return waypost(['config', ...args], { stdin: options.stdin, cwd: dir, env })
}

const path = 'order/application.yaml'

/** Publishers know of the process that has loaded the document. */
const isKnown = () => expect.poll(async () => (await config.consumers.status(path)).processes.length).toBe(1)

describe('releases', () => {
  test('publish, history, diff and rollback tell who changed what, and why', async () => {
    await writeFile(join(dir, 'a.yaml'), 'timeout: 10\n')
    const first = await run(['publish', path, 'a.yaml', '--author', 'mei', '-m', 'begin'])
    expect(first).toMatchObject({ code: 0, stdout: `Published ${path} as release 1.\n`, stderr: '' })
    const second = await run(['publish', path, '-o', 'json', '--author', 'li', '--expected-release', '1'], {
      stdin: 'timeout: 20\r\n',
    })
    expect(JSON.parse(second.stdout)).toMatchObject({ path, release: 2, unchanged: false })
    expect(await config.get(path)).toBe('timeout: 20\r\n')

    const [history, diff, late] = await Promise.all([
      run(['history', path]),
      run(['diff', path]),
      run(['publish', path, 'a.yaml', '--expected-release', '1']),
    ])
    expect(history.stdout).toMatch(/^RELEASE .*\n2 \* +publish +li .*\n1 +publish +mei .* begin\n$/)
    expect(diff.stdout).toContain('-timeout: 10\n+timeout: 20')
    expect(late).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error \(conflict\): .*by li/m) })
    expect(late.stderr).toContain('-timeout: 10\n+timeout: 20')
    const [, merged = ''] = /config publish \S+ (\S+) --expected-release 2\n/.exec(late.stderr) ?? []
    expect(await readFile(merged, 'utf8')).toBe('timeout: 20\r\n')

    expect((await run(['rollback', path, '-w=json'])).stdout).toContain('"release":3')
    expect(await config.get(path)).toBe('timeout: 10\n')
    expect((await config.releases.history(path)).releases[0]).toMatchObject({ kind: 'rollback', restores: 1 })
    expect((await run(['get', path, '--release', '2'])).stdout).toBe('timeout: 20\r\n')
  })

  test('several documents are released together, or none of them', async () => {
    await config.releases.publishAll([path, 'old.yaml'].map((each) => ({ path: each, content: 'a: 1\n' })))
    await using live = await config.load({ app: 'order', schema: z.object({ a: z.number() }) })
    await isKnown()
    for (const name of ['a', 'b', 'bad']) await writeFile(join(dir, name), name === 'bad' ? 'a: [' : 'a: 2\n')
    const changes = ['--file', 'user/b.yaml=b', '--delete', 'old.yaml']
    const preview = await run(['publish', path, 'a', ...changes, '--dry-run'])
    expect(preview.stdout).toMatch(
      /--- order[\s\S]*\+a: 2\n[\s\S]*user\/b\.yaml[\s\S]*-a: 1\n[\s\S]*order on web-1:\n {2}a: 1 → 2/,
    )
    const refused = await Promise.all([
      run(['publish', path, 'a', ...changes, '--file', 'c.yaml=bad']),
      run(['publish', path, 'a', ...changes, '--expect', 'old.yaml=7']),
      run(['publish', path, 'a', ...changes, '--expect', 'other=7']),
      run(['publish', path, ...changes, '--file', 'c.yaml=-'], { stdin: 'a: 2' }),
      run(['publish', path, 'a', '--delete', path]),
      run(['publish']),
    ])
    expect(refused.map(({ code, stdout }) => `${code}${stdout}`)).toEqual(['1', '1', '2', '2', '2', '2'])
    expect(refused[0]?.stderr).toContain('c.yaml:1:')
    expect(await config.releases.history(path)).toMatchObject({ current: 1 })
    const made = await run(['publish', path, 'a', ...changes, '--expect', 'old.yaml=1', '--wait', '10s'])
    expect(made.stdout).toBe(
      `Published ${path} as release 2.\nPublished user/b.yaml as release 1.\nDeleted old.yaml as release 2.\n` +
        `1 live process has applied ${path}.\nNo live process uses user/b.yaml.\nNo live process uses old.yaml.\n`,
    )
    expect(live.current).toEqual({ a: 2 })
    const bundles = await Promise.all([config.releases.get(path, 2), config.releases.get('old.yaml', 2)])
    expect(bundles[0].revision).toBe(bundles[1].revision)
  })

  test('a document is never emptied by a script that has no standard input', async () => {
    await config.releases.publish(path, 'a: 1\n')
    expect(await run(['publish', path])).toMatchObject({ code: 2, stderr: expect.stringContaining('write - for') })
    expect(await config.get(path)).toBe('a: 1\n')
    expect((await run(['publish', path, '-'])).stdout).toBe(`Published ${path} as release 2.\n`)
    expect(await config.get(path)).toBe('')
  })

  test('delete is a release that can be rolled back', async () => {
    await config.releases.publish(path, 'a: 1\n')
    expect((await run(['delete', path])).stdout).toBe(`Deleted ${path} as release 2.\n`)
    expect(await config.get(path)).toBeUndefined()
    await run(['rollback', path])
    expect(await config.get(path)).toBe('a: 1\n')
  })

  test('a release that live processes would reject is refused, and made with --yes', async () => {
    await config.releases.publish(path, 'timeout: 10\n')
    await using live = await config.load({ app: 'order', schema: z.object({ timeout: z.number() }) })
    live.onProblem(() => {})
    await isKnown()
    const preview = await run(['publish', path, '--dry-run'], { stdin: 'timeout: soon\n' })
    expect(preview.stdout).toMatch(
      /\+timeout: soon\n[\s\S]*order on web-1:\n {2}timeout: 10 → soon\n {2}would break: .*:1:/,
    )
    const refused = await run(['publish', path], { stdin: 'timeout: soon\n' })
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--yes') })
    expect(refused.stderr).toContain('This would break order on 1 instance (web-1)')
    expect(await config.get(path)).toBe('timeout: 10\n')
    const forced = await run(['publish', path, '--yes'], { stdin: 'timeout: soon\n' })
    expect(forced).toMatchObject({ code: 0, stderr: expect.stringContaining('This would break') })
  })

  test('--wait tells who has applied it', async () => {
    await config.releases.publish(path, 'timeout: 10\n')
    await using live = await config.load({ app: 'order' })
    await isKnown()
    const done = await run(['set', path, 'timeout: 11', '--wait', '10s'])
    expect(done.stdout).toBe(`Set ${path} as release 2.\n1 live process has applied it.\n`)
    expect(live.current).toEqual({ timeout: 11 })
    const hung = { app: 'order', instance: 'hung', documents: [path] }
    await etcd.kv.put('/waypost/config/consumers/hung', JSON.stringify(hung))
    const late = await run(['set', path, 'timeout: 12', '--wait', '50ms'])
    expect(late).toMatchObject({ code: 1, stdout: `Set ${path} as release 3.\n` })
    expect(late.stderr).toMatch(/no answer from .*order on hung.* within 50 ms\. Release 3 stands\.\n$/)
  })
})

describe('edit', () => {
  /** An editor that does what a script says, the file as its argument. */
  async function editor(script: string): Promise<Record<string, string>> {
    const file = join(dir, 'editor.sh')
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o700)
    return { EDITOR: file, VISUAL: '' }
  }

  test('releases what was saved, every other byte as it was', async () => {
    await config.releases.publish(path, '# why\r\ntimeout: 10\r\nname: "配置"')
    const env = await editor('head -1 "$1"; sed -i s/10/20/ "$1"')
    const edited = await run(['edit', path, '-m', 'more'], { env })
    expect(edited).toMatchObject({ code: 0, stderr: '' })
    expect(edited.stdout).toMatch(/^#waypost order\/application\.yaml, release 1.*\r\nPublished .* as release 2\.\n$/)
    expect(await config.get(path)).toBe('# why\r\ntimeout: 20\r\nname: "配置"')
    expect(await run(['edit', path], { env: { EDITOR: 'true' } })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Nothing was changed.\n',
    })
  })

  test('merges what somebody else released meanwhile, for another look', async () => {
    await config.releases.publish(path, 'a: 1\nb: 1\nc: 1\nd: 1\n')
    const other = `printf 'a: 1\\nb: 1\\nc: 1\\nd: 2\\n' | "${process.execPath}" "${bin}" config publish ${path} --author li`
    const first = `test -e seen || { touch seen; sed -i 's/a: 1/a: 2/' "$1"; ${other} > /dev/null; exit; }`
    const env = await editor(`${first}; cp "$1" second; sed -i 's/b: 1/b: 2/' "$1"`)
    expect(await run(['edit', path], { env })).toMatchObject({ code: 0, stderr: '' })
    expect(await readFile(join(dir, 'second'), 'utf8')).toMatch(/release 2 by li[\s\S]*a: 2\nb: 1\nc: 1\nd: 2\n$/)
    expect(await config.get(path)).toBe('a: 2\nb: 2\nc: 1\nd: 2\n')
  })

  test('keeps what cannot be released in a file, and says where', async () => {
    await config.releases.publish(path, 'a: 1\n')
    const env = await editor(`cat "$1" >> seen; sed -i 's/^a: 1/a: [/' "$1"`)
    const failed = await run(['edit', path], { env })
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(await readFile(join(dir, 'seen'), 'utf8')).toMatch(/#waypost order\/application\.yaml:\d+:\d+: /)
    const [, kept = ''] = /config publish \S+ (\S+)\n/.exec(failed.stderr) ?? []
    expect(await readFile(kept, 'utf8')).toMatch(/a: \[\n$/)
    expect(await readFile(kept, 'utf8')).not.toContain('#waypost')
    expect(await config.get(path)).toBe('a: 1\n')
  })

  test('keeps the text when the store has gone meanwhile', async () => {
    const other = await startStore()
    const env = await editor(`echo 'a: 2' > "$1"; touch saved; until test -e gone; do sleep 0.02; done`)
    const editing = run(['edit', path, '--timeout', '2s'], { env: { ...env, WAYPOST_ENDPOINTS: other.url } })
    await expect.poll(() => readdir(dir)).toContain('saved')
    await other.close()
    await writeFile(join(dir, 'gone'), '')
    const { code, stderr } = await editing
    expect(code, stderr).toBe(3)
    const [, kept = ''] = /config publish \S+ (\S+)\n/.exec(stderr) ?? []
    expect(await readFile(kept, 'utf8')).toBe('a: 2\n')
  })
})

test('a draft is released when somebody else has approved it', async () => {
  await config.policies.set('order/', { approvals: 1 }, { evenIfUnknown: true })
  const direct = await run(['publish', path], { stdin: 'a: 1\n' })
  expect(direct).toMatchObject({ code: 1, stderr: expect.stringContaining('with approval') })
  await run(['draft', 'save', path, '--author', 'mei', '-m', 'first'], { stdin: 'a: 1\n' })
  await run(['draft', 'submit', path, '--author', 'mei'])
  const shown = await run(['draft', 'show', path])
  expect(shown.stdout).toMatch(/submitted; by mei: first\n[\s\S]*\+a: 1\nNeeds approval\.\n$/)
  expect(await run(['approve', path, '--author', 'mei'])).toMatchObject({ code: 6, stdout: '' })
  expect((await run(['approve', path, '--author', 'li'])).stdout).toContain('approved by li')
  expect((await run(['draft', 'publish', path])).stdout).toBe(`Published ${path} as release 1.\n`)
  expect((await config.releases.history(path)).releases[0]).toMatchObject({ author: 'mei', comment: 'first' })
})

test('a canary goes to whom it is for, and then to all; status and explain tell who has what', async () => {
  await config.releases.publish(path, 'a: 1\n')
  await using live = await config.load({ app: 'order' })
  const changes = live.changes()
  await isKnown()
  const nobody = await run(['canary', 'create', path, 'two'], { stdin: 'a: 2\n' })
  expect(nobody).toMatchObject({ code: 2, stdout: '' })
  const stranger = await run(['canary', 'create', path, 'two', '--instance', 'wep-1'], { stdin: 'a: 2\n' })
  expect(stranger).toMatchObject({ code: 4, stderr: expect.stringContaining('"wep-1". Known are web-1.') })
  await run(['canary', 'create', path, 'two', '--instance', 'web-1'], { stdin: 'a: 2\n' })
  await changes.next()
  expect(live.current).toEqual({ a: 2 })
  await expect.poll(async () => (await config.consumers.status(path)).counts.applied).toBe(1)
  const [status, explained] = await Promise.all([
    run(['status', path]),
    run(['explain', 'order', 'a', '--instance', 'web-1']),
  ])
  expect(status.stdout).toMatch(
    /is at release 1: 0 applied.*\nCanary two: 1 applied.*\n\n.*\norder +web-1 +\S+ +applied +.*two\n$/,
  )
  expect(explained.stdout).toMatch(/^a: 2\n.*\n.*order\/application\.yaml:1:1 +canary two +2\n$/)
  expect((await run(['canary', 'promote', path, 'two'])).stdout).toContain('as release 2')
  expect(await config.get(path)).toBe('a: 2\n')
})

test('a guard takes a canary back that is not well', async () => {
  await config.releases.publish(path, 'a: 1\n')
  await using program = await startWaypost(
    ['config', 'canary', 'guard', '--interval', '100ms', '--check', 'test -e well'],
    {
      cwd: dir,
      env: { WAYPOST_ENDPOINTS: store.url },
    },
  )
  await expect.poll(() => program.stderr).toContain('Guarding')
  const limits = { maxUnhealthy: 1 }
  await config.canaries.create(path, { name: 'two', rule: { percent: 5 }, content: 'a: 2\n', limits })
  await program.waitForOutput(`Took back two of ${path}: `)
  expect((await config.canaries.list(path)).canaries).toEqual([])
  program.signal('SIGINT')
  expect(await program.exited).toMatchObject({ code: 0 })
})

test('what Consul exported becomes documents, and what cannot is named', async () => {
  const value = Buffer.from('a: 1\n').toString('base64')
  const kv = ['config/order/application.yaml', 'config/order/', 'other/x'].map((key) => ({
    key,
    flags: 0,
    value: key.endsWith('/') ? '' : value,
  }))
  await writeFile(join(dir, 'kv.json'), JSON.stringify(kv))
  const imported = await run(['import', 'kv.json', '--from', 'consul', '--strip', 'config/', '--under', 'legacy/'])
  expect(imported.stdout).toContain('1 document released, 0 unchanged.')
  expect(imported.stderr).toMatch(/Skipped config\/order\/: it is a folder\.\n.*other\/x/)
  expect(await config.get('legacy/order/application.yaml')).toBe('a: 1\n')
})

test('secrets are encrypted for one document, and rekeyed without another byte changing', async () => {
  await writeFile(join(dir, 'keys'), (await run(['new-key', 'k1'])).stdout)
  const keys = ['--keys-file', 'keys']
  const cipher = (await run(['encrypt', '--path', path, ...keys], { stdin: 'geheim\n' })).stdout.trim()
  await config.releases.publish(path, `# x\r\npw: '${cipher}' # y`)
  await writeFile(
    join(dir, 'keys'),
    `${(await run(['new-key', 'k2'])).stdout}${await readFile(join(dir, 'keys'), 'utf8')}`,
  )
  expect((await run(['rekey', path, ...keys])).stdout).toBe(`Re-encrypted 1 secret: ${path} as release 2.\n`)
  const [, fresh = ''] = /^# x\r\npw: '(.*)' # y$/.exec((await config.get(path)) ?? '') ?? []
  expect(fresh).toMatch(/^\{cipher\}v1:k2:/)
  const [plain, elsewhere, diff] = await Promise.all([
    run(['decrypt', fresh, '--path', path, ...keys]),
    run(['decrypt', fresh, '--path', 'other.yaml', ...keys]),
    run(['diff', path]),
  ])
  expect(plain.stdout).toBe('geheim')
  expect(elsewhere).toMatchObject({ code: 1, stdout: '' })
  expect(diff.stdout).not.toContain(fresh)
})

test('a directory and the store become the same, byte for byte, and nothing is deleted by accident', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 13])
  await config.releases.publishAll([
    { path: 'order/logo.bin', content: bytes },
    { path, content: 'a: 1\r\n' },
  ])
  expect((await run(['export', 'tree'])).stdout).toMatch(/added {4}order\/application\.yaml\n[\s\S]*2 files changed/)
  expect(await readFile(join(dir, 'tree/order/logo.bin'))).toEqual(bytes)
  await writeFile(join(dir, 'tree/order/application.yaml'), 'a: 2\r\n')
  await rm(join(dir, 'tree/order/logo.bin'))
  const preview = await run(['import', 'tree', '--dry-run'])
  expect(preview.stdout).toContain('+a: 2')
  expect(preview.stdout).not.toContain('logo.bin')
  expect((await run(['import', 'tree', '--prune', '--author', 'ci'])).stdout).toContain('2 documents released, 0 unch')
  expect(await config.get(path)).toBe('a: 2\r\n')
  expect(await config.getBytes('order/logo.bin')).toBeUndefined()
  await mkdir(join(dir, 'empty'))
  expect(await run(['import', 'empty', '--prune'])).toMatchObject({ code: 1, stdout: '' })
  expect(await config.get(path)).toBe('a: 2\r\n')
})

describe('render', () => {
  const template = `{% assign o = 'order' | effective %}{% assign users = 'user' | instances -%}
timeout {{ o.timeout }};
{%- for u in users %}
server {{ u.address }};
{%- endfor %}
`

  test('follows documents and services, and tells a program of each change and of nothing else', async () => {
    await config.releases.publish(path, 'timeout: 10\n')
    await writeFile(join(dir, 't.liquid'), template)
    await using program = await startWaypost(
      // It takes note of what the file says; 13 is what it cannot use.
      ['config', 'render', 't.liquid', '--out', 'out.conf', '--follow', '--settle', '20ms']
        .concat(['--check', '! grep -q "timeout 13" {}'])
        .concat(['--exec', 'head -1 {} >> told']),
      { cwd: dir, env: { WAYPOST_ENDPOINTS: store.url } },
    )
    await program.waitForOutput(/Wrote out\.conf/)
    expect(await readFile(join(dir, 'out.conf'), 'utf8')).toBe('timeout 10;\n')
    await using registry = new Registry(etcd)
    await registry.register({ service: 'user', host: '127.0.0.1', port: 8080 })
    await expect.poll(() => readFile(join(dir, 'out.conf'), 'utf8')).toBe('timeout 10;\nserver 127.0.0.1:8080;\n')
    await config.releases.publish(path, '# only a comment\ntimeout: 10\n')
    await config.releases.publish(path, 'timeout: 13\n')
    await expect.poll(() => program.stderr).toMatch(/The check command .* ended with exit code 1/)
    expect(await readFile(join(dir, 'out.conf'), 'utf8')).toMatch(/^timeout 10;/)
    await config.releases.publish(path, 'timeout: 14\n')
    await expect.poll(() => readFile(join(dir, 'told'), 'utf8')).toBe('timeout 10;\ntimeout 10;\ntimeout 14;\n')
    program.signal('SIGTERM')
    expect(await program.exited).toMatchObject({ code: 0 })
    expect((await readdir(dir)).filter((name) => name.includes('out.conf'))).toEqual(['out.conf'])
  })

  test('once: to standard output, or to a file; what fails says why and writes nothing', async () => {
    await writeFile(join(dir, 't.liquid'), `{{ 'motd' | text }}`)
    const missing = await run(['render', 't.liquid', '--out', 'out'])
    expect(missing).toMatchObject({ code: 4, stderr: expect.stringContaining('t.liquid:1:1: There is no') })
    await config.set('motd', 'hi')
    expect(await run(['render', 't.liquid'])).toMatchObject({ code: 0, stdout: 'hi' })
    const late = await run(['render', 't.liquid', '--out', 'out', '--exec', 'sleep 60', '--command-timeout', '200ms'])
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('did not end within 0.2 s') })
    expect(await readFile(join(dir, 'out'), 'utf8')).toBe('hi')
  })
})

describe('list and search', () => {
  beforeEach(async () => {
    await config.set(path, 'timeout: 30\nhost: DB.local\n', { author: 'mei' })
    await config.set('order/prod/application.yaml', 'timeout: 40\n', { author: 'li' })
    await config.drafts.save('order/prod/application.yaml', 'timeout: 50\n', { author: 'li' })
    await config.schemas.set('order/', { type: 'object' })
    await config.documents.putRaw('user.txt', 'timeout: 30')
  })

  test('documents are a tree with what is known of them', async () => {
    const { code, stdout } = await run(['list'])
    expect(code).toBe(0)
    expect(
      stdout
        .replaceAll(/ +\d+ s +/g, ' AGE ')
        .replace(/ +AGE +/, ' AGE ')
        .replaceAll(/ +$/gm, ''),
    ).toBe(
      [
        'DOCUMENT              RELEASE  AUTHOR AGE SCHEMA  DRAFT',
        'order/',
        '  application.yaml    1        mei AGE order/',
        '  prod/',
        '    application.yaml  1        li AGE order/  draft',
        'user.txt              by hand',
        '',
      ].join('\n'),
    )
    const table = await run(['list', 'order/', '-o', 'table'])
    expect(table.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'DOCUMENT',
      'order/application.yaml',
      'order/prod/application.yaml',
      '',
    ])
    expect(JSON.parse((await run(['list', '**/prod/*', '-o', 'json'])).stdout)).toMatchObject([
      { path: 'order/prod/application.yaml', release: 1, author: 'li', draft: 'draft', schema: 'order/' },
    ])
    expect(await run(['list', 'nope/', '-o', 'json'])).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(await run(['list', 'nope/'])).toMatchObject({ code: 0, stdout: 'No documents match nope/**.\n' })
  })

  test('a text is found with its places', async () => {
    expect(await run(['search', 'timeout: 30'])).toMatchObject({
      code: 0,
      stdout: 'order/application.yaml:1:1: timeout: 30\nuser.txt:1:1: timeout: 30\n',
    })
    expect((await run(['search', 'db.LOCAL', '-i', '--in', 'order/'])).stdout).toBe(
      'order/application.yaml:2:7: host: DB.local\n',
    )
    expect((await run(['search', 'timeout', '--limit', '1'])).stderr).toContain('--limit shows more')
    expect(await run(['search', 'nope', '-o', 'json'])).toMatchObject({ code: 0, stdout: '[]\n' })
    expect((await run(['search', ''])).code).toBe(1)
  })
})
