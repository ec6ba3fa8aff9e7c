export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly bytes: number
}

export function installSize(
  modules: string,
  name: string,
): { readonly bytes: number; readonly packages: readonly InstalledPackage[] }
