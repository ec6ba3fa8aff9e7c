import { row } from './measure.js'
import { otherLoad } from './other-load.js'

const quietEnough = 0.1

/**
 * Measures every group on every side in turn, round after round, so that what the machine does meanwhile meets all
 * sides alike. A group is `{ name, rows: [{ what, unit, better }], oursOnly?, measure({ start, wanted, round }) }`;
 * `measure` resolves to figures by `what`. There is a row for each peer. A figure that could not be had is undefined, and its row is left out.
 */
export async function interleave({ groups, sides, rounds, log, wanted }) {
  const chosen = groups.filter((group) => group.rows.some(({ what }) => wanted(what)))
  const figures = new Map(
    chosen.flatMap((group) => group.rows).map(({ what }) => [what, Object.fromEntries(sides.map((s) => [s.name, []]))]),
  )
  for (let round = 0; round < rounds; round++) {
    for (const group of chosen) {
      const measured = group.oursOnly ? sides.slice(0, 1) : sides
      for (const { name, start } of round % 2 === 0 ? measured : measured.toReversed()) {
        log(`round ${round + 1} of ${rounds}: ${group.name}, ${name}`)
        const busy = await otherLoad()
        if (busy > quietEnough)
          log(`the machine is ${Math.round(busy * 100)} % busy with something else: don't trust ratios`)
        const results = await group.measure({ start, wanted, round })
        for (const [what, figure] of Object.entries(results)) {
          if (figure !== undefined) figures.get(what)[name].push(figure)
        }
      }
    }
  }
  return chosen
    .flatMap((group) => group.rows)
    .filter(({ what }) => wanted(what) && figures.get(what).ours.length > 0)
    .flatMap(({ what, unit, better }) => {
      const { ours, ...peers } = figures.get(what)
      const measured = Object.entries(peers).filter(([, values]) => values.length > 0)
      if (measured.length === 0) return [row(what, unit, better, undefined, ours, [])]
      return measured.map(([peerName, values]) => row(what, unit, better, peerName, ours, values))
    })
}
