/**
 * How long a test waits for what nothing can hurry, such as another process, before it calls that lost, in
 * milliseconds: far longer than it takes on a machine that stalls, shorter than the time that a test has.
 */
export const patienceMs = 30_000
