import Type, { type TObject, type TObjectOptions, type TProperties, type TString, type TUnsafe } from 'typebox'

/*
 * Schemas that operations share. Objects refuse unknown fields, so that a misspelt one is an error and not ignored.
 */

/** An object without other fields than these. */
export function object<Properties extends TProperties>(
  properties: Properties,
  options: TObjectOptions = {},
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** Text of a certain form; `expected` says in messages what it must be. */
function patterned(pattern: string, expected: string, description: string): TString {
  return Type.String({ pattern, description, 'x-expected': expected })
}

/** A revision, lease id or token: 64-bit integers are text in JSON, as JavaScript's numbers cannot hold them. */
export function digits(description: string): TString {
  return patterned('^[0-9]{1,20}$', 'a string of digits', description)
}

/** A duration such as `30s`, `500ms` or `2m`. */
export function duration(description: string): TString {
  return patterned('^[0-9]{1,9}(ms|s|m|h)?$', 'a duration such as 30s', description)
}

/** A name that is one part of a key: see `nameProblem` of the registry. */
export function name(description: string): TString {
  return Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^(?!\\s)[^/\\u0000-\\u001f\\u007f]*[^/\\s\\u0000-\\u001f\\u007f]$',
    description,
    'x-expected': 'a name without slashes, control characters and spaces at its ends',
  })
}

export const timestamp: TString = Type.String({ description: 'ISO 8601, UTC.' })

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  description: string,
): TUnsafe<Words[number]> {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: words, description })
}
