import { orList, quoted } from '../words.ts'

/**
 * What an option may be. `Value` is the type that it stands for: a kind for a narrower or wider type does not compile
 * in its place.
 */
export interface OptionKind<Value> {
  /** What is wrong with the value; undefined when it fits. */
  misfit(value: unknown): OptionMisfit | undefined
  /** Only for the compiler. */
  readonly type?: (value: Value) => Value
}

/** An option that has to be given. */
export interface RequiredOption<Value> extends OptionKind<Value> {
  readonly required: true
}

/** What is wrong: a value of the wrong kind, or a name that does not exist. `path` leads to it. */
export type OptionMisfit =
  | { readonly kind: 'value'; readonly path: string; readonly expected: string; readonly given: string }
  | { readonly kind: 'name'; readonly path: string; readonly name: string; readonly known: readonly string[] }

/** Secrets may be text: only where something else is expected does the message show what was given. */
type Shown = 'value' | 'type'

export function optionKind<Value>(
  expected: string,
  fits: (value: unknown) => boolean,
  shown: Shown = 'type',
): OptionKind<Value> {
  return {
    misfit: (value) =>
      fits(value)
        ? undefined
        : { kind: 'value', path: '', expected, given: shown === 'value' ? quoted(value) : typeName(value) },
  }
}

/** Text, which may be secret: the message does not show what was given. */
export const text: OptionKind<string> = optionKind('text', (value) => typeof value === 'string')

export const boolean: OptionKind<boolean> = optionKind('true or false', (value) => typeof value === 'boolean', 'value')

/** Any number but NaN. */
export const number: OptionKind<number> = optionKind(
  'a number',
  (value) => typeof value === 'number' && !Number.isNaN(value),
  'value',
)

/** @param unit what is counted, as in "milliseconds" */
export function positiveNumber(unit: string): OptionKind<number> {
  return optionKind(`a number of ${unit} above 0`, (value) => typeof value === 'number' && value > 0, 'value')
}

/** 0 or more; `Infinity` too. */
export const notNegative: OptionKind<number> = optionKind(
  'a number of 0 or more',
  (value) => typeof value === 'number' && value >= 0,
  'value',
)

/** A whole number from `min` on. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): OptionKind<number> {
  const upTo = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  return optionKind(
    `a whole number ${upTo}`,
    (value) => Number.isSafeInteger(value) && typeof value === 'number' && value >= min && value <= max,
    'value',
  )
}

/** A revision, version or lease id; a number must be a safe integer. */
export const int64: OptionKind<bigint | number> = optionKind(
  'a 64-bit integer, as a bigint or a safe integer',
  (value) => (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value)),
  'value',
)

export function functionKind<Value extends (...args: never) => unknown>(expected = 'a function'): OptionKind<Value> {
  return optionKind(expected, (value) => typeof value === 'function')
}

export function oneOf<const Value extends string | boolean>(...values: readonly Value[]): OptionKind<Value> {
  const known: ReadonlySet<unknown> = new Set(values)
  return optionKind(orList(values.map(quoted)), (value) => known.has(value), 'value')
}

/** An object that has these methods, such as a logger or a clock. */
export function withMethods<Value>(expected: string, methods: readonly (keyof Value & string)[]): OptionKind<Value> {
  const fits = (value: unknown): boolean =>
    isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === 'function')
  return optionKind(`${expected} with ${methods.join(', ')}`, fits)
}

export const abortSignal: OptionKind<AbortSignal> = optionKind(
  'an AbortSignal',
  (value) => isObject(value) && typeof Reflect.get(value, 'aborted') === 'boolean' && 'addEventListener' in value,
)

/** Whatever fits `fits`; for what no other kind describes. */
export function kindOf<Value>(expected: string, fits: (value: unknown) => boolean): OptionKind<Value> {
  return optionKind(expected, fits)
}

/** Any value: its own check, which says more, follows. */
export function anything<Value>(): OptionKind<Value> {
  return optionKind('anything', () => true)
}

export function listOf<Value>(items: OptionKind<Value>): OptionKind<readonly Value[]> {
  return {
    misfit: (value) => {
      if (!Array.isArray(value)) return { kind: 'value', path: '', expected: 'a list', given: typeName(value) }
      for (const [index, item] of value.entries()) {
        const misfit = items.misfit(item)
        if (misfit !== undefined) return { ...misfit, path: `[${index}]${dotted(misfit.path)}` }
      }
      return undefined
    },
  }
}

/** An object whose names are free, and whose values are all of one kind. */
export function recordOf<Value>(values: OptionKind<Value>): OptionKind<Readonly<Record<string, Value>>> {
  return {
    misfit: (value) => {
      if (!isObject(value)) return { kind: 'value', path: '', expected: 'an object', given: typeName(value) }
      for (const [name, item] of Object.entries(value)) {
        const misfit = item === undefined ? undefined : values.misfit(item)
        if (misfit !== undefined) return { ...misfit, path: `${name}${dotted(misfit.path)}` }
      }
      return undefined
    },
  }
}

/** One kind or another one. When a value is an object with something wrong inside, that is what the message says. */
export function anyOf<Values extends readonly unknown[]>(
  ...kinds: { readonly [Index in keyof Values]: OptionKind<Values[Index]> }
): OptionKind<Values[number]> {
  return {
    misfit: (value) => {
      const misfits: OptionMisfit[] = []
      for (const kind of kinds) {
        const misfit = kind.misfit(value)
        if (misfit === undefined) return undefined
        misfits.push(misfit)
      }
      const inside = misfits.find((misfit) => misfit.kind === 'name' || misfit.path !== '')
      if (inside !== undefined) return inside
      const expected = misfits.flatMap((misfit) => (misfit.kind === 'value' ? [misfit.expected] : []))
      const [first] = misfits
      return first?.kind === 'value' ? { ...first, expected: orList(expected) } : first
    },
  }
}

export function required<Value>(kind: OptionKind<Value>): RequiredOption<Value> {
  return { ...kind, required: true }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The type of a value in words, without the value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function dotted(path: string): string {
  return path === '' || path.startsWith('[') ? path : `.${path}`
}
