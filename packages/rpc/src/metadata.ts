/**
 * Headers or trailers of a call: lower-case ASCII names and their values.
 * A name that ends in `-bin` carries bytes, as the base64 text that is on the wire.
 */
export type Metadata = Readonly<Record<string, string>>
