/**
 * `JSON.parse`, but with whole numbers as bigints where a number could not hold every digit. Everything else is as
 * `JSON.parse` returns it. Throws `SyntaxError`, in linear time and without recursion over the text.
 */
export function parseExactJson(text: string): unknown {
  const marked = markLargeIntegers(text)
  return marked === undefined ? JSON.parse(text) : JSON.parse(marked, unmark)
}

/** An object with this one member stands for a number until the text is parsed. No message has a field of that name. */
const mark = '\0integer'

/** A string begins, or a number. Other characters cannot be part of one outside a string. */
const token = /"|-?\d[\d.eE+-]*/g

/** The text with large integers as marked objects; undefined when it has none. */
function markLargeIntegers(text: string): string | undefined {
  let marked = ''
  let copied = 0
  token.lastIndex = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match
    if (found === '"') {
      token.lastIndex = endOfString(text, token.lastIndex)
      continue
    }
    const integer = largeInteger(found)
    if (integer === undefined) continue
    marked += `${text.slice(copied, match.index)}{${JSON.stringify(mark)}:"${integer}"}`
    copied = token.lastIndex
  }
  return copied === 0 ? undefined : marked + text.slice(copied)
}

const quoteOrBackslash = /["\\]/g

/** Where the string goes on behind its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  quoteOrBackslash.lastIndex = start
  for (let match = quoteOrBackslash.exec(text); match; match = quoteOrBackslash.exec(text)) {
    if (match[0] === '"') return quoteOrBackslash.lastIndex
    quoteOrBackslash.lastIndex += 1
  }
  return text.length
}

const numberForm = /^(-?(?:0|[1-9]\d*))(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** More digits than any 64-bit number has: beyond them nothing is exact, because nothing accepts it. */
const maxDigits = 40

/** The number if it is whole and a `number` could not hold it. */
function largeInteger(written: string): bigint | undefined {
  const integer = integerOf(written)
  return integer === undefined || BigInt(Number(written)) === integer ? undefined : integer
}

/** A large whole number, which may be written with a fraction or an exponent. */
function integerOf(written: string): bigint | undefined {
  if (written.length < 3 || Number.isSafeInteger(Number(written))) return undefined
  const [, whole, fraction = '', exponent = '0'] = numberForm.exec(written) ?? []
  const zeros = Number(exponent) - fraction.length
  if (whole === undefined || whole.length + fraction.length > maxDigits || Math.abs(zeros) > maxDigits) return undefined
  const digits = BigInt(whole + fraction)
  if (zeros >= 0) return digits * 10n ** BigInt(zeros)
  const divisor = 10n ** BigInt(-zeros)
  return digits % divisor === 0n ? digits / divisor : undefined
}

function unmark(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, mark)) return value
  const integer: unknown = Reflect.get(value, mark)
  return typeof integer === 'string' && /^-?\d+$/.test(integer) ? BigInt(integer) : value
}
