import { type Comparable, type Condition, createRevision, lease, modRevision, value, version } from '@waypost/client'
import { UsageError } from '../../command-line/exit-codes.ts'
import { parseInt64, parseLeaseId } from '../../command-line/parse-values.ts'
import { goQuoted, unquoteGo } from './go-quoted.ts'

const form = new RegExp(String.raw`^([^(]*)\(\s*(${goQuoted})\)\s*(\S+)\s+(${goQuoted})`)

const numbers = new Map([
  ...(['ver', 'version'] as const).map((name) => [name, version] as const),
  ...(['c', 'create'] as const).map((name) => [name, createRevision] as const),
  ...(['m', 'mod'] as const).map((name) => [name, modRevision] as const),
  ['lease', lease] as const,
])

/** Reads a comparison such as `mod("key") > "0"`, as etcdctl writes it. */
export function parseCondition(line: string): Condition {
  const [, target = '', keyLiteral = '', operator = '', operandLiteral = ''] = form.exec(line) ?? []
  const key = unquoteGo(keyLiteral)
  const operand = unquoteGo(operandLiteral)
  if (keyLiteral === '' || key === undefined || operand === undefined)
    throw new UsageError(`A comparison is written like mod("key") > "0", not \`${line}\`.`)
  if (target === 'val' || target === 'value') return compare(value(key), operator, operand, line)
  const number = [...numbers].find(([name]) => name === target)?.[1]
  if (number === undefined)
    throw new UsageError(
      `\`${target}\` cannot be compared: it is version, create, mod, value or lease, in \`${line}\`.`,
    )
  return compare(number(key), operator, integer(target, operand.toString(), line), line)
}

function compare<T>(comparable: Comparable<T>, operator: string, operand: T, line: string): Condition {
  if (operator === '=') return comparable.equals(operand)
  if (operator === '!=') return comparable.notEquals(operand)
  if (operator === '>') return comparable.greaterThan(operand)
  if (operator === '<') return comparable.lessThan(operand)
  throw new UsageError(`The operator is =, !=, > or <, not \`${operator}\`, in \`${line}\`.`)
}

/** Leases are in hexadecimal, as everywhere on the command line. */
function integer(target: string, text: string, line: string): bigint {
  try {
    return target === 'lease' ? parseLeaseId(text) : parseInt64(text)
  } catch {
    throw new UsageError(`\`${text}\` is not a number that fits here, in \`${line}\`.`)
  }
}
