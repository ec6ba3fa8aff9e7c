import { terminal } from '../terminal/terminal.ts'
import type { StatusAnswer } from './answers.ts'
import { byteCount } from './byte-count.ts'
import { table } from './table.ts'

const heading = ['ENDPOINT', 'MEMBER', 'VERSION', 'DB SIZE', 'IN USE', 'REVISION', 'ROLE', 'RAFT TERM', 'RAFT INDEX']

export function statusTable(members: readonly StatusAnswer[]): string {
  const rows = members.map((member) => [
    member.endpoint,
    member.memberId.toString(16),
    member.version,
    byteCount(member.dbSizeBytes),
    byteCount(member.dbSizeInUseBytes),
    String(member.revision),
    roleOf(member),
    String(member.raftTerm),
    String(member.raftIndex),
  ])
  const problems = members.flatMap(({ endpoint, errors }) => errors.map((error) => `${endpoint}: ${error}\n`))
  return table(heading, rows, terminal.tableStyle) + problems.join('')
}

function roleOf({ leader, memberId, isLearner }: StatusAnswer): string {
  if (leader === memberId) return 'leader'
  if (isLearner) return 'learner'
  return leader === 0n ? 'no leader' : 'follower'
}
