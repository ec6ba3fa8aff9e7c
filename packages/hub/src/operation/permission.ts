/** A right to keys of the store. `{…}` in `key` and `prefix` stands for a parameter of the path or query. */
export type KeyPermission =
  | { readonly access: 'read' | 'write'; readonly key: string; readonly prefix?: undefined }
  | { readonly access: 'read' | 'write'; readonly prefix: string; readonly key?: undefined }

/**
 * What the caller needs. The hub does not decide it: each operation runs with the caller's own login, and the store
 * does. It is written down for the documentation, and for the test that tries every operation with exactly this.
 *
 * - `anyone`: no login, even where the store asks for one;
 * - `user`: any user of the store;
 * - `root`: a user with the role `root`;
 * - a list: all of these rights to keys.
 */
export type OperationPermission = 'anyone' | 'user' | 'root' | readonly KeyPermission[]

/** The permission in words, for the documentation. */
export function permissionText(permission: OperationPermission): string {
  if (permission === 'anyone') return 'Needs no login.'
  if (permission === 'user') return 'Needs a login, if the store asks for one.'
  if (permission === 'root') return 'Needs the role root.'
  const rights = permission.map(({ access, key, prefix }) =>
    key === undefined ? `${access} every key below \`${prefix}\`` : `${access} the key \`${key}\``,
  )
  return `Needs the right to ${rights.join(', and to ')}.`
}
