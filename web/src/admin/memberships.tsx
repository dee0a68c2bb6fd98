import { useTranslation } from 'react-i18next'
import { UnitSelect } from '../identity/unit-select.tsx'
import { Button, Choice } from '../shell/controls.tsx'
import styles from './memberships.module.css'
import { useRoleName, useRoles } from './roles.ts'
import type { Membership } from './users.ts'

/** Which role an account has, and in which unit with all that lies under it. `*` is the whole node. */
export function Memberships(props: {
  value: readonly Membership[]
  onChange: (value: Membership[]) => void
}) {
  const { t } = useTranslation()
  const roles = useRoles()
  const roleName = useRoleName()
  const { value, onChange } = props
  const set = (at: number, part: Partial<Membership>) =>
    onChange(value.map((membership, i) => (i === at ? { ...membership, ...part } : membership)))
  return (
    <fieldset className={styles.memberships}>
      <legend>{t('admin.users.rights')}</legend>
      {value.map(({ unit, unitName, role }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place only, it may repeat
        <div key={at} className={styles.row}>
          <Choice
            label={t('admin.users.role')}
            value={role}
            onChange={(to) => set(at, { role: to })}
            options={(roles.data ?? []).map(({ code }) => ({ value: code, label: roleName(code) }))}
          />
          <UnitSelect
            label={t('admin.users.within')}
            value={unit}
            name={unitName}
            onChange={(to, name) => set(at, { unit: to, unitName: name })}
          />
          <Button
            kind="quiet"
            aria-label={t('admin.users.removeRight', { role: roleName(role), unit: unitName })}
            onClick={() => onChange(value.filter((_, i) => i !== at))}
          >
            {t('admin.users.remove')}
          </Button>
        </div>
      ))}
      <Button kind="quiet" onClick={() => onChange([...value, { unit: '', unitName: '', role: 'viewer' }])}>
        {t('admin.users.addRight')}
      </Button>
      <p className={styles.note}>{t('admin.users.subtree')}</p>
    </fieldset>
  )
}
