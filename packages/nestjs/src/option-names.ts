import { WaypostError } from '@waypost/core'

/** The names of the options of a type, all of them: the compiler compares. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>

/**
 * Throws `invalid-argument` for what is not an object, and for a name that is no option. The compiler lets such a name
 * pass in an object that is spread or made elsewhere, and it would be passed over in silence.
 */
export function checkOptionNames<Options extends object>(
  call: string,
  options: Options,
  names: OptionNames<Options>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new WaypostError('invalid-argument', `${call} takes an object of options, not ${String(options)}.`)
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  const known = Object.keys(names).toSorted().join(', ')
  throw new WaypostError('invalid-argument', `${call} has no option ${unknown}; it has ${known}.`)
}
