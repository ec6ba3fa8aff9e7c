import { invalidArgument } from '../invalid-argument.ts'
import { quoted } from '../words.ts'
import { nearestName } from './nearest-name.ts'
import { isObject, type OptionKind, type OptionMisfit, type RequiredOption, typeName } from './option-kind.ts'

/**
 * The kind of every option of a type. It cannot go stale: a name that is missing, or that is not an option, and a kind
 * of another type do not compile.
 */
export type OptionKinds<Options> = {
  readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name>
    ? OptionKind<NonNullable<Options[Name]>>
    : RequiredOption<Options[Name]>
}

/**
 * Throws `invalid-argument` when `options` is not an object, names an option that does not exist, lacks a required one,
 * or holds a value of the wrong kind. The compiler finds the same, except in programs without types, and in objects
 * that are spread or made elsewhere. `undefined` counts as not given.
 *
 * @param call what takes the options, as its caller writes it: "EtcdClient", "registry.register"
 *
 * @example
 * ```ts
 * interface TimerOptions {
 *   readonly name: string
 *   readonly intervalMs?: number | undefined
 * }
 * const kinds: OptionKinds<TimerOptions> = { name: required(text), intervalMs: positiveNumber('milliseconds') }
 * checkOptions('startTimer', { name: 'a', intervalMs: 5 }, kinds)
 * ```
 */
export function checkOptions<Options extends object>(
  call: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  const misfit = misfitOf(options, kinds)
  if (misfit !== undefined) throw invalidArgument(sentence(call, misfit))
}

/** The same for options that a caller may leave out altogether. */
export function checkOptionsIfGiven<Options extends object>(
  call: string,
  options: Options | undefined,
  kinds: OptionKinds<Options>,
): void {
  if (options !== undefined) checkOptions(call, options, kinds)
}

/** An option that is an object of options itself. */
export function optionsKind<Options extends object>(kinds: OptionKinds<Options>): OptionKind<Options> {
  return { misfit: (value) => misfitOf(value, kinds) }
}

function misfitOf(options: unknown, kinds: object): OptionMisfit | undefined {
  if (!isObject(options)) return { kind: 'value', path: '', expected: 'an object', given: typeName(options) }
  for (const name of Object.keys(options)) {
    const value: unknown = Reflect.get(options, name)
    const kind: unknown = Object.hasOwn(kinds, name) ? Reflect.get(kinds, name) : undefined
    if (!isKind(kind)) return { kind: 'name', path: '', name, known: Object.keys(kinds) }
    const misfit = value === undefined ? undefined : kind.misfit(value)
    if (misfit !== undefined) return { ...misfit, path: joined(name, misfit.path) }
  }
  for (const [name, kind] of requiredOf(kinds)) {
    const misfit = Reflect.get(options, name) === undefined ? kind.misfit(undefined) : undefined
    if (misfit !== undefined) return { ...misfit, path: name }
  }
  return undefined
}

type RequiredKinds = readonly (readonly [name: string, kind: Pick<OptionKind<never>, 'misfit'>])[]

/** Every call is checked, and the kinds stay the same. */
const requiredKinds = new WeakMap<object, RequiredKinds>()

function requiredOf(kinds: object): RequiredKinds {
  let required = requiredKinds.get(kinds)
  if (required === undefined) {
    required = Object.entries(kinds).flatMap(([name, kind]: [string, unknown]) =>
      isKind(kind) && kind.required === true ? [[name, kind]] : [],
    )
    requiredKinds.set(kinds, required)
  }
  return required
}

function isKind(kind: unknown): kind is Pick<OptionKind<never>, 'misfit'> & { readonly required?: true } {
  return isObject(kind) && 'misfit' in kind
}

function joined(name: string, path: string): string {
  return path === '' || path.startsWith('[') ? name + path : `${name}.${path}`
}

function sentence(call: string, misfit: OptionMisfit): string {
  const { path } = misfit
  if (misfit.kind === 'value') {
    const subject = path === '' ? `The options of ${call}` : `The option ${path} of ${call}`
    return `${subject} must be ${misfit.expected}, not ${misfit.given}.`
  }
  const { name, known } = misfit
  const owner = path === '' ? call : `The option ${path} of ${call}`
  const shown = /^[\w$]{1,64}$/.test(name) ? name : quoted(name)
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return `${owner} has no option ${shown}; it has ${known.toSorted().join(', ')}.${hint}`
}
