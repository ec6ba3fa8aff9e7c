/** How many times shorter a slice is at most, when many connections have more input than fits into theirs. */
const maxShare = 8

/** Two requests. */
const framesPerLook = 4

let waiting = 0

/**
 * The time that a connection has for handling input. What one client sends in one piece can take long, and Node looks at
 * no other connection meanwhile: so the rest of it waits until the others had their turn. Slices get shorter the more
 * connections wait, so that a turn of all of them stays short.
 */
export class InputSlice {
  readonly #sliceMs: number
  #endsAtMs = Number.POSITIVE_INFINITY
  #isWaiting = false
  #asked = 0

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs
  }

  begin(): void {
    this.#endsAtMs = performance.now() + this.#sliceMs / Math.min(1 + waiting, maxShare)
  }

  /** To be asked after each frame: now and then it looks at the clock. */
  get isOver(): boolean {
    this.#asked = (this.#asked + 1) % framesPerLook
    return this.#asked === 0 && performance.now() > this.#endsAtMs
  }

  /** Whether input waits for the connection's next turn. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  set isWaiting(isWaiting: boolean) {
    if (isWaiting !== this.#isWaiting) waiting += isWaiting ? 1 : -1
    this.#isWaiting = isWaiting
  }
}
