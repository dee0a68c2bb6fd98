import type { ContractVersion } from '@nhip/node/catalogue/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ChangesTable } from '../admin/changes-table.tsx'
import { type Page, read } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { Pages } from '../shell/pages.tsx'
import { Panel } from '../shell/panel.tsx'
import { changed, useUrlView } from '../shell/url-view.ts'

/** Who changed a contract, when and why; each version against the one before it. */
export function ContractVersions({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const me = useMe()
  if (!me.data) return null
  return (
    <Panel title={t('catalogue.contract.versions')}>
      <Versions dataset={dataset} />
    </Panel>
  )
}

function Versions({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const path = `/catalogue/${encodeURIComponent(dataset)}/contract`
  const asked = { cursor: view.get('cursor'), limit: 50 }
  const versions = useQuery({
    queryKey: ['contract', dataset, 'versions', asked],
    queryFn: ({ signal }) =>
      read<Page<ContractVersion>>(
        `/api/datasets/${encodeURIComponent(dataset)}/contract/versions`,
        asked,
        signal,
      ),
  })
  return (
    <Fetched query={versions} lines={3}>
      {({ items, nextCursor }) => {
        const at = items.findIndex(({ version }) => String(version) === view.get('version'))
        const opened = items[at]
        if (items.length === 0) return <p>{t('catalogue.contract.noVersions')}</p>
        return (
          <>
            {opened ? (
              <OpenedPanel
                key={opened.version}
                title={t('catalogue.contract.changesOf', { version: opened.version })}
                onClose={() => change({ version: null })}
              >
                <ChangesTable
                  label={t('catalogue.contract.changesOf', { version: opened.version })}
                  before={items[at + 1]?.contract ?? null}
                  after={opened.contract}
                />
              </OpenedPanel>
            ) : null}
            <DataTable
              label={t('catalogue.contract.versions')}
              columns={[
                { name: t('catalogue.contract.version'), number: true },
                { name: t('catalogue.contract.savedAt') },
                { name: t('catalogue.contract.savedBy') },
                { name: t('admin.reason') },
                { name: t('admin.audit.change') },
              ]}
            >
              {items.map(({ version, savedAt, savedBy, reason }) => (
                <tr key={version}>
                  <td className={tableStyles.number}>{version}</td>
                  <td className={tableStyles.nowrap}>{formatInstant(savedAt, lang)}</td>
                  <td>{savedBy}</td>
                  <td className={tableStyles.wrap}>{reason ?? ''}</td>
                  <td>
                    <Link
                      href={`${path}?${changed(view, { version: String(version) })}`}
                      aria-label={t('catalogue.contract.changesOf', { version })}
                    >
                      {t('admin.audit.see')}
                    </Link>
                  </td>
                </tr>
              ))}
            </DataTable>
            <Pages next={nextCursor} />
          </>
        )
      }}
    </Fetched>
  )
}
