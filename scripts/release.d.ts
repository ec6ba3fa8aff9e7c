type Manifest = Readonly<Record<string, unknown>>

export function nextVersion(current: string, step: string): string
export function releasedChangelog(text: string, version: string, date: string): string
export function releasedManifest(manifest: Manifest, names: ReadonlySet<string>, version: string): Manifest
