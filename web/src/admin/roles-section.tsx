import type { RoleItem } from '@nhip/node/identity/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Button } from '../shell/controls.tsx'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Icon } from '../shell/icon.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { Panel } from '../shell/panel.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './admin-page.module.css'
import { AskApproval } from './ask-approval.tsx'
import { usePermissions } from './permission-name.ts'
import { useRoles } from './roles.ts'

/** What each role allows, all roles side by side; one of them opened to be changed. */
export function RolesSection() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const me = useMe()
  const roles = useRoles()
  const permissions = usePermissions()
  const mayWrite = me.data?.permissions.includes('roles.write') ?? false
  const opened = mayWrite ? roles.data?.find(({ code }) => code === view.get('role')) : undefined
  return (
    <>
      {opened ? <EditRole key={`${opened.code} ${opened.version}`} role={opened} /> : null}
      <Panel title={t('admin.section.roles')} note={mayWrite ? undefined : t('admin.roles.readOnly')}>
        <Fetched query={roles}>
          {(all) => (
            <DataTable
              whole
              label={t('admin.section.roles')}
              columns={[
                { name: t('admin.roles.permission') },
                ...all.map((role) => ({ name: nameIn(role.name, lang) })),
              ]}
            >
              {(permissions.data ?? []).map((permission) => (
                <tr key={permission.code}>
                  <th scope="row">
                    <span title={permission.code}>{nameIn(permission.name, lang)}</span>
                  </th>
                  {all.map((role) => (
                    <td key={role.code} className={styles.mark}>
                      {role.permissions.includes(permission.code) ? (
                        <>
                          <Icon name="check" size="1.1rem" />
                          <span className={styles.hidden}>{t('admin.roles.has')}</span>
                        </>
                      ) : (
                        <span className={styles.hidden}>{t('admin.roles.hasNot')}</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row">{t('admin.roles.holders')}</th>
                {all.map((role) => (
                  <td key={role.code} className={styles.mark}>
                    {formatNumber(role.holders, lang)}
                  </td>
                ))}
              </tr>
              {mayWrite ? (
                <tr>
                  <th scope="row">{t('admin.actions')}</th>
                  {all.map((role) => (
                    <td key={role.code} className={styles.mark}>
                      <Button
                        kind="quiet"
                        aria-label={t('admin.roles.editOf', { role: nameIn(role.name, lang) })}
                        onClick={() => change({ role: role.code }, { step: true })}
                      >
                        {t('admin.edit')}
                      </Button>
                    </td>
                  ))}
                </tr>
              ) : null}
            </DataTable>
          )}
        </Fetched>
        <p className={styles.faint}>{t('admin.roles.note')}</p>
      </Panel>
    </>
  )
}

function EditRole({ role }: { role: RoleItem }) {
  const { t } = useTranslation()
  const lang = language()
  const [, change] = useUrlView()
  const queries = useQueryClient()
  const permissions = usePermissions()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role.permissions))
  const wanted = [...chosen].sort()
  const save = useMutation({
    mutationFn: () => send('PUT', `/api/roles/${role.code}`, { permissions: wanted }, role.version),
    onSuccess: () =>
      Promise.all(['roles', 'me'].map((list) => queries.invalidateQueries({ queryKey: [list] }))),
  })
  const touched = wanted.join() !== [...role.permissions].sort().join()
  const toggle = (code: string) => {
    const next = new Set(chosen)
    if (!next.delete(code)) next.add(code)
    setChosen(next)
    save.reset()
  }
  return (
    <OpenedPanel
      title={t('admin.roles.editOf', { role: nameIn(role.name, lang) })}
      onClose={() => change({ role: null })}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <fieldset className={styles.checks}>
          <legend>{t('admin.roles.permission')}</legend>
          {(permissions.data ?? []).map(({ code, name }) => (
            <label key={code}>
              <input type="checkbox" checked={chosen.has(code)} onChange={() => toggle(code)} />
              <span>
                {nameIn(name, lang)} <code>{code}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <p className={styles.faint}>{t('admin.roles.holdersNow', { count: role.holders })}</p>
        <AskApproval
          error={save.error}
          wanted={{ action: 'role.widen', target: role.code, change: { permissions: wanted } }}
        />
        <p className={styles.actions}>
          <Button type="submit" kind="strong" busy={save.isPending} disabled={!touched}>
            {t('admin.save')}
          </Button>
        </p>
      </form>
    </OpenedPanel>
  )
}
