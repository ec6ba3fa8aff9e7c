import { useState } from 'react'
import { useOperation } from '../../api/use-operation.ts'
import { useLacksRoot } from '../../app/rights.ts'
import { useSession } from '../../app/session.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts, PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { MayPanel } from './may-panel.tsx'
import { accessMessages } from './messages.ts'
import { RoleMatrix } from './role-matrix.tsx'
import { RolePanel } from './role-panel.tsx'
import { TokensPanel } from './tokens-panel.tsx'

/** For the role root, who may do what; for everybody else, what they may do themselves. */
export function AccessPage() {
  const t = useMessages(accessMessages)
  const user = useSession().data?.user
  const lacksRoot = useLacksRoot()
  if (!lacksRoot || user === undefined) return <AllAccess hasUser={user !== undefined} />
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <Note>{t.rootOnly}</Note>
      <MayPanel of={user} />
      <TokensPanel isRoot={false} />
    </>
  )
}

/** Who may do what: the mode, users and roles as a matrix, the permissions of each role, and a question to the store. */
function AllAccess({ hasUser }: { readonly hasUser: boolean }) {
  const t = useMessages(accessMessages)
  const [tab, setTab] = useState<'matrix' | 'roles' | 'may' | 'tokens'>('matrix')
  const check = useOperation('access.check', {})
  const users = useOperation('access.users', { query: { limit: 500 } })
  const roles = useOperation('access.roles', { query: { limit: 500 } })
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <QueryView query={check}>
        {({ mode, isAuthenticated, bypasses }) => (
          <>
            {isAuthenticated ? (
              <Panel>
                <Facts facts={[[t.mode, mode === 'strict' ? t.strict : t.direct]]} />
              </Panel>
            ) : (
              <Note tone="warn">
                <strong>{t.off}</strong> {t.offAbout}
              </Note>
            )}
            {bypasses.length > 0 && (
              <Note tone="warn">
                <strong>{t.bypasses}</strong>
                <ul>
                  {bypasses.map(({ role, text }) => (
                    <li key={`${role} ${text}`} className="foreign">
                      {role}: {text}
                    </li>
                  ))}
                </ul>
              </Note>
            )}
          </>
        )}
      </QueryView>
      <Tabs
        label={t.title}
        value={tab}
        onChange={setTab}
        tabs={[
          { id: 'matrix', title: t.matrix },
          { id: 'roles', title: t.permissions },
          { id: 'may', title: t.may },
          ...(hasUser ? [{ id: 'tokens' as const, title: t.tokens }] : []),
        ]}
      >
        {tab === 'may' && <MayPanel />}
        {tab === 'tokens' && <TokensPanel isRoot />}
        {tab !== 'may' && tab !== 'tokens' && (
          <QueryView query={users}>
            {({ users: allUsers }) => (
              <QueryView query={roles}>
                {({ roles: allRoles }) =>
                  tab === 'matrix' ? (
                    <Panel flush>
                      {allUsers.length === 0 ? (
                        <EmptyState icon="access" title={t.empty} command="npx waypost user add ada" />
                      ) : (
                        <RoleMatrix users={allUsers} roles={allRoles} />
                      )}
                    </Panel>
                  ) : allRoles.length === 0 ? (
                    <EmptyState icon="access" title={t.noRoles} command="npx waypost access grant ada read --on '**'" />
                  ) : (
                    <div className="grid-2">
                      {allRoles.map((role) => (
                        <RolePanel key={role} role={role} />
                      ))}
                    </div>
                  )
                }
              </QueryView>
            )}
          </QueryView>
        )}
      </Tabs>
    </>
  )
}
