export interface Packed {
  /** Beside its `node_modules`: a program in here imports the packages as they are published. */
  readonly home: string
  readonly modules: string
  /** The command line. */
  readonly bin: string
  /** By the name of the package. */
  readonly tarballs: ReadonlyMap<string, string>
}

export function packedPackages(): Promise<Packed>
