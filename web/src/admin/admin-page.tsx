import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import { useMe } from '../identity/me.ts'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Sections } from '../shell/sections.tsx'
import { Empty, Loading } from '../shell/states.tsx'
import styles from './admin-page.module.css'
import { ApprovalsSection } from './approvals-section.tsx'
import { AuditSection } from './audit-section.tsx'
import { JobsSection } from './jobs-section.tsx'
import { usePermissionName } from './permission-name.ts'
import { RolesSection } from './roles-section.tsx'
import { type SectionName, sections } from './sections.ts'
import { TokensSection } from './tokens-section.tsx'
import { UnitsSection } from './units-section.tsx'
import { UsersSection } from './users-section.tsx'

const parts: Record<SectionName, ComponentType> = {
  units: UnitsSection,
  users: UsersSection,
  roles: RolesSection,
  tokens: TokensSection,
  approvals: ApprovalsSection,
  jobs: JobsSection,
  audit: AuditSection,
}

/** Units, accounts, rights, tokens, requests, jobs and the audit, as far as the reader's rights go. */
export default function AdminPage() {
  const { t } = useTranslation()
  const { section } = useParams<{ section?: string }>()
  const me = useMe()
  const permissions = me.data?.permissions ?? []
  const may = (needs: string | null) => needs === null || permissions.includes(needs)
  const chosen = sections.find(({ name }) => name === section) ?? sections[0]
  const Part = parts[chosen.name]
  return (
    <MantineScope>
      <PageHead title={t('nav.admin')} lead={t('admin.lead')} />
      {me.isPending ? (
        <Loading lines={6} />
      ) : me.data ? (
        <div className={styles.page}>
          <Sections
            label={t('admin.sections')}
            chosen={chosen.name}
            parts={sections
              .filter(({ needs }) => may(needs))
              .map(({ name }) => ({ name, label: t(`admin.section.${name}`), href: `/admin/${name}` }))}
          />
          {may(chosen.needs) ? <Part /> : <Closed needs={chosen.needs} />}
        </div>
      ) : (
        <Empty title={t('admin.needSignIn')}>
          <Link href={`/sign-in?next=/admin/${chosen.name}`}>{t('account.signIn')}</Link>
        </Empty>
      )}
    </MantineScope>
  )
}

function Closed({ needs }: { needs: string | null }) {
  const { t } = useTranslation()
  const permission = usePermissionName()(needs ?? '')
  return <Empty title={t('admin.closed')}>{t('admin.closedWhy', { permission })}</Empty>
}
