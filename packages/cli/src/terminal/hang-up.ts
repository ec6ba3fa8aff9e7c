/** Calls the listener at each SIGHUP, until disposed of. */
export function onHangUp(listener: () => void): Disposable {
  process.on('SIGHUP', listener)
  return { [Symbol.dispose]: () => process.off('SIGHUP', listener) }
}
