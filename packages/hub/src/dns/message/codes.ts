/** Numbers of the DNS, as assigned by IANA ("Domain Name System (DNS) Parameters"). */

export const recordType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  hinfo: 13,
  txt: 16,
  aaaa: 28,
  srv: 33,
  opt: 41,
  ixfr: 251,
  axfr: 252,
  any: 255,
} as const

export const classIn = 1

export const opcodeQuery = 0

export const responseCode = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  /** RFC 6891: needs the upper bits that only OPT has. */
  badVersion: 16,
} as const

/** Bits of the header's second 16 bits (RFC 1035 4.1.1, RFC 4035 3). */
export const flag = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  checkingDisabled: 0x0010,
} as const

/** Options of OPT (RFC 7871, RFC 8914). */
export const ednsOption = { clientSubnet: 8, extendedError: 15 } as const

/** RFC 8914. */
export const extendedError = { staleAnswer: 3, notReady: 14, staleNameError: 19, noReachableAuthority: 22 } as const

export const headerBytes = 12
/** RFC 1035 4.2.1: what every asker takes over UDP. */
export const minUdpBytes = 512
/** RFC 9715: what fits in every path without fragments. */
export const maxUdpBytes = 1_232
/** RFC 1035 4.2.2: two bytes of length. */
export const maxTcpBytes = 65_535
