import { invalidArgument, quoted } from '@waypost/core'

/** At most this many characters, so that a key with its prefix stays short. */
const maxLength = 255

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controlCharacter = /[\u0000-\u001f\u007f]/

/**
 * Checks the name of a lock, an election or anything else that may contain slashes.
 * @param what for the message: "lock"
 */
export function checkPath(name: unknown, what: string): string {
  const text = checkText(name, what)
  if (text.endsWith('/')) throw invalidArgument(`The name of a ${what} must not end with a slash: ${quoted(text)}.`)
  return text
}

/** Checks a name that is one part of a key: of a queue, a schedule, a job. */
export function checkName(name: unknown, what: string): string {
  const text = checkText(name, what)
  if (text.includes('/')) throw invalidArgument(`The name of a ${what} must not contain a slash: ${quoted(text)}.`)
  return text
}

function checkText(name: unknown, what: string): string {
  if (typeof name !== 'string' || name === '') {
    throw invalidArgument(`The name of a ${what} must be a string that is not empty, not ${quoted(name)}.`)
  }
  if (name.length > maxLength) {
    throw invalidArgument(`The name of a ${what} has ${name.length} characters; the limit is ${maxLength}.`)
  }
  if (controlCharacter.test(name)) {
    throw invalidArgument(`The name of a ${what} must not contain control characters: ${quoted(name)}.`)
  }
  return name
}
