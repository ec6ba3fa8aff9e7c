import { Exchange } from './exchange.ts'

/** A call that is answered with a status before anything of it is read. */
export class RefusedCall extends Exchange {
  protected override onMessageBytes(): void {}
  protected override onRemoteEnd(): void {}
}
