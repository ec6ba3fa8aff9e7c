/** How instances with the scheme `https` are checked. */
export interface UpstreamTls {
  /** PEM certificates of the authorities; without them Node's. */
  readonly ca?: string | Buffer | (string | Buffer)[]
  /** The gateway's own certificate and key. */
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** The name that the certificate must be for, when it is not the instance's host. */
  readonly servername?: string
}
