import { useQueryClient } from '@tanstack/react-query'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { notify } from '../../ui/toasts.tsx'
import { accessMessages } from './messages.ts'
import './access.css'

/** Which user has which role. A mark is a change at once; the toast takes it back. */
export function RoleMatrix({
  users,
  roles,
}: {
  readonly users: readonly { readonly user: string; readonly roles: readonly string[] }[]
  readonly roles: readonly string[]
}) {
  const t = useMessages(accessMessages)
  const client = useQueryClient()
  const again = (): void => void client.invalidateQueries({ queryKey: ['access.users'] })
  const grant = useChange('access.grantRole', {
    onDone: (_, { params }) => {
      again()
      notify(t.granted(params.user, params.role), { onUndo: () => revoke.mutate({ params }) })
    },
  })
  const revoke = useChange('access.revokeRole', {
    onDone: (_, { params }) => {
      again()
      notify(t.revoked(params.user, params.role), { onUndo: () => grant.mutate({ params }) })
    },
  })
  const error = grant.error ?? revoke.error
  return (
    <>
      {error !== null && <ErrorPanel error={error} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it */}
      <section className="matrix" tabIndex={0} aria-label={t.matrix}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.user}</th>
              {roles.map((role) => (
                <th key={role} scope="col">
                  <bdi>{role}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {users.map(({ user, roles: own }) => (
              <tr key={user}>
                <th scope="row">
                  <bdi>{user}</bdi>
                </th>
                {roles.map((role) => (
                  <td key={role}>
                    <input
                      type="checkbox"
                      aria-label={t.has(user, role)}
                      checked={own.includes(role)}
                      onChange={(event) => (event.target.checked ? grant : revoke).mutate({ params: { user, role } })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
