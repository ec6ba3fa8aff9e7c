import { WaypostError } from '@waypost/core'
import type { AffectedProcesses } from './live-impact.ts'

/** How many instances are named in a message. */
const namedInstances = 3

class LiveBreakError extends WaypostError {
  readonly breaks: readonly AffectedProcesses[]

  constructor(breaks: readonly AffectedProcesses[]) {
    const problems = breaks.flatMap((affected) => affected.breaks)
    const [first] = problems
    super('invalid-document', `This would break ${breaks.map(sentence).join('\n')}`, {
      details: { path: first?.path, line: first?.line, column: first?.column, problems, breaks },
    })
    this.breaks = breaks
  }
}

/** Throws `invalid-document` naming the live processes that would reject a change, if any would. */
export function throwIfBreaking(affected: readonly AffectedProcesses[]): void {
  const breaks = affected.filter((each) => each.breaks.length > 0)
  if (breaks.length > 0) throw new LiveBreakError(breaks)
}

/** The live processes that an error of a publish is about; empty for every other error. */
export function breaksOf(error: unknown): readonly AffectedProcesses[] {
  return error instanceof LiveBreakError ? error.breaks : []
}

/** `order@1.4 on 3 instances (a, b, c): order/application.yaml:2:1: timeout: must be integer.` */
function sentence({ app, version, instances, breaks }: AffectedProcesses): string {
  const named = instances.slice(0, namedInstances).join(', ')
  const more = instances.length > namedInstances ? ', …' : ''
  const count = instances.length === 1 ? '1 instance' : `${instances.length} instances`
  const who = `${app}${version === undefined ? '' : `@${version}`} on ${count} (${named}${more})`
  return `${who}: ${breaks.map(({ message }) => message).join(' ')}`
}
