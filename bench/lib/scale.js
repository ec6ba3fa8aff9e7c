/** Set by `npm run bench -- --short`, for this process and those that it starts. */
const isShort = process.env.WAYPOST_BENCH === 'short'

/** How much is measured: all of it, or, in the short form that tests run, just enough to see that it runs. */
export function scaled(usual, short) {
  return isShort ? short : usual
}
