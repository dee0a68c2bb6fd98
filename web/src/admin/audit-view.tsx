import type { AuditItem } from '@nhip/node/identity/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { actionWords } from '../ledger/action-words.ts'
import { Facts } from '../shell/facts.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { ChangesTable } from './changes-table.tsx'

/** One row of the audit opened: the circumstances, and what the record said before and after. */
export function AuditView({ row, onClose }: { row: AuditItem; onClose: () => void }) {
  const { t } = useTranslation()
  const lang = language()
  const who = row.actorName ? `${row.actorName} (${row.actorUsername ?? row.actor})` : row.actor
  const action = actionWords(t, row.action)
  return (
    <OpenedPanel title={`${action} · ${formatInstant(row.at, lang)}`} onClose={onClose}>
      <Facts
        of={[
          { name: t('admin.audit.who'), value: who },
          { name: t('admin.audit.onBehalf'), value: row.onBehalfName ?? row.onBehalf },
          { name: t('admin.audit.action'), value: <code>{row.action}</code> },
          {
            name: t('admin.audit.target'),
            value: (
              <>
                {row.target.type} <code>{row.target.id}</code> {row.target.version}
              </>
            ),
          },
          { name: t('admin.audit.result'), value: row.result === 'ok' ? t('admin.audit.ok') : row.result },
          { name: t('admin.reason'), value: row.reason },
          { name: t('admin.audit.legalBasis'), value: row.legalBasis },
          { name: t('admin.audit.address'), value: row.address },
          { name: t('admin.audit.request'), value: row.requestId ? <code>{row.requestId}</code> : null },
          {
            name: t('admin.audit.ledger'),
            value:
              row.ledgerIndex === null ? (
                t('admin.audit.notInLedger')
              ) : (
                <Link href={`/ledger?entry=${row.ledgerIndex}`}>
                  {t('admin.audit.entry', { index: formatNumber(row.ledgerIndex, lang) })}
                </Link>
              ),
          },
        ]}
      />
      <ChangesTable label={t('admin.audit.change')} before={row.before} after={row.after} />
    </OpenedPanel>
  )
}
