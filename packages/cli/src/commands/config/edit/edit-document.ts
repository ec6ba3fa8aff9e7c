import { type ConfigCenter, conflictsOf, type PublishedRelease, type ReleaseConflict } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import { canAsk } from '../../../terminal/confirm.ts'
import { confirmBreakingChange } from '../release/confirm-breaking-change.ts'
import { publishOptions, type ReleaseOptions } from '../release/release-options.ts'
import { EditFile } from './edit-file.ts'

/** A script that edits may write something new, and wrong, each time. */
const maxUnattendedRounds = 5

/** What the user is given to edit. */
interface Round {
  readonly text: Buffer
  /** The release that it is a change of. */
  readonly base: number
  readonly lines: readonly string[]
  /** What it means when the text comes back as it is: that it is wanted so, that nothing is, or that this is final. */
  readonly unchanged: 'release' | 'nothing' | WaypostError
}

/**
 * Lets the user edit a document until it can be released. What somebody else released meanwhile is merged into it for
 * another look; a text that is refused comes back with the reason, until it is left as it is. `undefined`: nothing was
 * to be released. When it fails, what the user wrote is kept in a file.
 */
export async function editDocument(
  config: ConfigCenter,
  path: string,
  editor: string,
  options: ReleaseOptions,
): Promise<PublishedRelease | undefined> {
  const first = await firstRound(config, path, options)
  const file = await EditFile.create(path, editor)
  try {
    const released = await editUntilReleased(file, first, (text, base) =>
      confirmBreakingChange(options, (validate) =>
        config.releases.publish(path, text, { ...publishOptions(options), validate, expectedRelease: base }),
      ),
    )
    await file.discard()
    return released
  } catch (error) {
    await file.keepUnless(first.text)
    throw error
  }
}

async function firstRound(config: ConfigCenter, path: string, { timeout: timeoutMs }: ReleaseOptions): Promise<Round> {
  // Read in this order: a release between the two is found out when this one is made.
  const { current, changedByHand, releases } = await config.releases.history(path, { limit: 1, timeoutMs })
  const text = await config.get(path, { timeoutMs })
  const [latest] = releases
  const by = latest?.author === undefined ? '' : ` by ${latest.author}`
  const what = current === 0 ? 'new' : `release ${current}${by}${changedByHand ? ', changed by hand since' : ''}`
  return {
    text: Buffer.from(text ?? ''),
    // What was done by hand becomes a release of its own first.
    base: changedByHand ? current + 1 : current,
    lines: [`${path}, ${what}. It is released when you save it and leave the editor.`, 'Leave it unchanged to cancel.'],
    unchanged: 'nothing',
  }
}

async function editUntilReleased(
  file: EditFile,
  first: Round,
  release: (text: Buffer, base: number) => Promise<PublishedRelease>,
): Promise<PublishedRelease | undefined> {
  let round = first
  for (let count = 1; ; count++) {
    const text = await file.edit(round.text, round.lines)
    const { base, unchanged } = round
    if (unchanged !== 'release' && text.equals(round.text)) {
      if (unchanged === 'nothing') return undefined
      throw unchanged
    }
    try {
      if (hasMarkers(text)) throw new WaypostError('conflict', 'Conflict markers are still in the text.')
      return await release(text, base)
    } catch (error) {
      const [conflict] = conflictsOf(error)
      if (conflict) round = await mergedRound(file, conflict, text)
      else if (WaypostError.is(error, 'invalid-document') || WaypostError.is(error, 'conflict')) {
        if (count >= maxUnattendedRounds && !canAsk()) throw error
        const lines = [...error.message.split('\n'), 'Correct it, or leave it unchanged to give up.']
        round = { text, base, lines, unchanged: error }
      } else throw error
    }
  }
}

/** Both changes in one text, where there is such a text; otherwise the user's own, with the other in a file beside it. */
async function mergedRound(file: EditFile, conflict: ReleaseConflict, mine: Buffer): Promise<Round> {
  const { path, currentRelease: base, current, merged, theirs } = conflict
  const by = current?.author === undefined ? '' : ` by ${current.author}`
  const comment = current?.comment ? `: ${current.comment}` : ''
  const news = `${path} is at release ${base}${by} now${comment}.`
  const kept = await file.keepBeside('yours', mine)
  if (merged) {
    const advice = merged.clean
      ? 'Both changes are merged below. Save to release them; the editor with an error, as with :cq, gives up.'
      : 'Both changed the same lines: choose between the <<<<<<< and >>>>>>> markers.'
    return { text: Buffer.from(merged.text), base, lines: [news, advice, `Your text: ${kept}`], unchanged: 'release' }
  }
  const other = theirs === undefined ? 'It was deleted.' : `That is in ${await file.keepBeside('theirs', theirs)}.`
  return { text: mine, base, lines: [news, other, 'Save to replace it.'], unchanged: 'release' }
}

function hasMarkers(text: Buffer): boolean {
  return /^<{7} yours\r?$/m.test(text.toString()) && /^>{7} release \d+\r?$/m.test(text.toString())
}
