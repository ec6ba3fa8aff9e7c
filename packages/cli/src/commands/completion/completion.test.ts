import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import type { EmbeddedServer } from '@waypost/server'
import { makeTempDir, removeTempDir, requireOrSkip, run, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bin, waypost } from '../../waypost.test-support.ts'

let store: EmbeddedServer

beforeAll(async () => {
  store = await startStore()
  await using etcd = new EtcdClient({ endpoints: store.url })
  for (const key of ['/config/order/application.yaml', '/config/order/prod/a.yaml', '/config/user.yaml']) {
    await etcd.kv.put(key, 'a: 1')
  }
  await etcd.kv.put('/services/user/web-1', '10.0.0.1:80')
})

afterAll(() => store.close())

async function complete(...words: string[]): Promise<string[]> {
  const { stdout } = await waypost(['completion', 'words', '--', ...words], { env: { WAYPOST_ENDPOINTS: store.url } })
  return stdout.split('\n').slice(0, -1)
}

test('commands, options and live names are completed', async () => {
  expect(await complete('sna')).toEqual(['snapshot'])
  expect(await complete('config', 'can')).toEqual(['canary'])
  expect(await complete('config', 'get', '--rel')).toEqual(['--release'])
  expect(await complete('get', '--end')).toEqual(['--endpoints'])
  expect(await complete('config', 'get', '')).toEqual(['order/', 'user.yaml'])
  expect(await complete('config', 'get', 'order/')).toEqual(['order/application.yaml', 'order/prod/'])
  expect(await complete('services', 'drain', 'us')).toEqual(['user'])
  expect(await complete('services', 'drain', 'user', '')).toEqual(['web-1'])
  expect(await complete('services', 'user', '--wat')).toEqual(['--watch'])
  expect(await complete('--endpoints', '127.0.0.1:1', 'config', 'get', '')).toEqual([])
})

/** A directory with the script for a shell, and `waypost` as it is installed. */
async function prepared(shell: string): Promise<{ script: string; env: NodeJS.ProcessEnv }> {
  const directory = makeTempDir(`completion-${shell}`)
  onTestFinished(() => removeTempDir(directory))
  const script = join(directory, '_waypost')
  writeFileSync(script, (await waypost(['completion', shell])).stdout)
  writeFileSync(join(directory, 'waypost'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, { mode: 0o755 })
  const env = { ...process.env, WAYPOST_ENDPOINTS: store.url, XDG_CONFIG_HOME: join(directory, 'config') }
  return { script, env: { ...env, PATH: `${directory}:${process.env.PATH}`, TERM: 'xterm' } }
}

const lines: readonly (readonly [typed: string, found: readonly string[]])[] = [
  ['waypost config get ord', ['order/']],
  ['waypost config get order/', ['order/application.yaml', 'order/prod/']],
  ['waypost snap', ['snapshot']],
  ['waypost services drain user ', ['web-1']],
]

test.each(lines)('bash completes: %s', async (typed, found) => {
  const { script, env } = await prepared('bash')
  const words = typed.split(' ')
  const program = `source '${script}'
    COMP_LINE='${typed}' COMP_POINT=${typed.length} COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length - 1}
    _waypost
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const exit = await run('bash', ['-c', program], { env })
  expect(exit).toMatchObject({ stderr: '', stdout: found.map((word) => `${word}\n`).join('') })
})

test.skipIf(!requireOrSkip('completion in fish', 'fish')).each(lines)('fish completes: %s', async (typed, found) => {
  const { script, env } = await prepared('fish')
  const program = `source '${script}'; complete --do-complete '${typed}'`
  const exit = await run('fish', ['--no-config', '-c', program], { env })
  expect(exit).toMatchObject({ stderr: '', stdout: found.map((word) => `${word}\n`).join('') })
})

test.skipIf(!requireOrSkip('completion in zsh', 'zsh')).each(lines)('zsh completes: %s', async (typed, found) => {
  const { script, env } = await prepared('zsh')
  const directory = dirname(script)
  const listed = join(directory, 'listed')
  // Whatever the script adds is written down, in a shell on a terminal: completion works in no other.
  const zshrc = `
    fpath=('${directory}' $fpath)
    autoload -Uz compinit && compinit -u -D
    written-down() {
      compadd() { print -rl -- "\${(@)argv[$argv[(i)--]+1,-1]}" >> '${listed}'; builtin compadd "$@" }
      _waypost
      unfunction compadd
      print -r -- end >> '${listed}'
    }
    zle -C written-down complete-word written-down
    bindkey '^T' written-down
    print ready`
  writeFileSync(join(directory, '.zshrc'), zshrc)
  const driver = `
    zmodload zsh/zpty
    zpty shell zsh -i
    zpty -r shell text '*ready*'
    zpty -n -w shell '${typed}\u0014'
    repeat 500; do grep -qs '^end$' '${listed}' && break; sleep 0.02; done
    zpty -d shell
    cat '${listed}'`
  const exit = await run('zsh', ['-f', '-c', driver], { env: { ...env, ZDOTDIR: directory }, timeoutMs: 60_000 })
  expect(exit).toMatchObject({ stderr: '', stdout: [...found, 'end', ''].join('\n') })
})
