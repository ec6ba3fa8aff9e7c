export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** One row of a report. `ratio` is ours to the peer's, so that above 1 is good where higher is better, and below 1 where lower is. */
export function row(what, unit, better, peerName, ours, peer) {
  const oursMedian = median(ours)
  const peerMedian = peer.length > 0 ? median(peer) : undefined
  return {
    what,
    ours: oursMedian,
    peer: peerMedian,
    peerName,
    unit,
    better,
    ratio: peerMedian === undefined ? undefined : oursMedian / peerMedian,
  }
}
