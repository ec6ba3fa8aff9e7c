import { expect, it } from 'vitest'
import { checkOptions, type OptionKinds, optionsKind } from './check-options.ts'
import { anyOf, boolean, functionKind, listOf, oneOf, positiveNumber, recordOf, required, text } from './option-kind.ts'

interface Options {
  readonly endpoints: string | readonly string[]
  readonly timeoutMs?: number | undefined
  readonly keepAlive?: boolean | 'worker' | undefined
  readonly auth?: { readonly username: string; readonly password: string } | undefined
  readonly tls?: { readonly caFile?: string } | (() => string) | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

const kinds: OptionKinds<Options> = {
  endpoints: required(anyOf(text, listOf(text))),
  timeoutMs: positiveNumber('milliseconds'),
  keepAlive: anyOf(boolean, oneOf('worker')),
  auth: optionsKind({ username: required(text), password: required(text) }),
  tls: anyOf(optionsKind<{ readonly caFile?: string }>({ caFile: text }), functionKind<() => string>()),
  labels: recordOf(text),
}

/** As programs without types call it. */
function problemOf(options: unknown): string | undefined {
  try {
    Reflect.apply(checkOptions, undefined, ['EtcdClient', options, kinds])
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : `raw: ${error}`
  }
}

const endpoints = 'http://x'

it.each([
  [
    { endpoint: 'x' },
    'EtcdClient has no option endpoint; it has auth, endpoints, keepAlive, labels, timeoutMs, tls. Did you mean endpoints?',
  ],
  [
    { endpoints, timeout: 5 },
    'EtcdClient has no option timeout; it has auth, endpoints, keepAlive, labels, timeoutMs, tls. Did you mean timeoutMs?',
  ],
  [
    { endpoints, colour: 5 },
    'EtcdClient has no option colour; it has auth, endpoints, keepAlive, labels, timeoutMs, tls.',
  ],
  [
    JSON.parse('{"endpoints":"x","__proto__":{}}'),
    'EtcdClient has no option __proto__; it has auth, endpoints, keepAlive, labels, timeoutMs, tls.',
  ],
  [undefined, 'The options of EtcdClient must be an object, not undefined.'],
  ['http://x', 'The options of EtcdClient must be an object, not text.'],
  [{}, 'The option endpoints of EtcdClient must be text or a list, not undefined.'],
  [{ endpoints: 5 }, 'The option endpoints of EtcdClient must be text or a list, not a number.'],
  [{ endpoints: ['x', null] }, 'The option endpoints[1] of EtcdClient must be text, not null.'],
  [
    { endpoints, timeoutMs: '5' },
    'The option timeoutMs of EtcdClient must be a number of milliseconds above 0, not "5".',
  ],
  [
    { endpoints, timeoutMs: Number.NaN },
    'The option timeoutMs of EtcdClient must be a number of milliseconds above 0, not NaN.',
  ],
  [{ endpoints, keepAlive: 'yes' }, 'The option keepAlive of EtcdClient must be true or false or "worker", not "yes".'],
  [{ endpoints, auth: 'root:secret' }, 'The option auth of EtcdClient must be an object, not text.'],
  [{ endpoints, auth: { username: 'root' } }, 'The option auth.password of EtcdClient must be text, not undefined.'],
  [
    { endpoints, auth: { username: 'root', pasword: 'secret' } },
    'The option auth of EtcdClient has no option pasword; it has password, username. Did you mean password?',
  ],
  [
    { endpoints, tls: { cafile: 'x' } },
    'The option tls of EtcdClient has no option cafile; it has caFile. Did you mean caFile?',
  ],
  [{ endpoints, tls: 5 }, 'The option tls of EtcdClient must be an object or a function, not a number.'],
  [{ endpoints, labels: { a: 1 } }, 'The option labels.a of EtcdClient must be text, not a number.'],
])('says what is wrong with %o', (options, message) => {
  expect(problemOf(options)).toBe(`invalid-argument: ${message}`)
})

it.each([
  { endpoints },
  { endpoints: [endpoints], timeoutMs: undefined, keepAlive: 'worker', labels: { a: undefined } },
  {
    endpoints,
    timeoutMs: Number.POSITIVE_INFINITY,
    keepAlive: false,
    tls: () => 'x',
    auth: { username: '', password: '' },
  },
])('lets %o pass', (options) => {
  expect(problemOf(options)).toBeUndefined()
})

it('does not show what may be a secret', () => {
  for (const options of [
    { endpoints, auth: 'hunter2' },
    { endpoints, auth: { username: 'a', password: ['hunter2'] } },
  ]) {
    expect(problemOf(options)).not.toContain('hunter2')
  }
})
