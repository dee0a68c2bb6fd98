import type { DatasetItem } from '@nhip/node/catalogue/contract'
import { useQuery } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import { read } from '../api/client.ts'
import { language } from '../i18n/language.ts'
import { Fetched } from '../shell/fetched.tsx'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Sections } from '../shell/sections.tsx'
import { AboutSection } from './about-section.tsx'
import { ContractSection } from './contract-section.tsx'
import { DatasetBadges } from './dataset-badges.tsx'
import styles from './dataset-page.module.css'
import { FindingsSection } from './findings-section.tsx'
import { FreshnessSection } from './freshness-section.tsx'
import { QualitySection } from './quality-section.tsx'
import { useFreshnessSummary } from './queries.ts'
import { nameIn } from './words.ts'

const parts = {
  about: AboutSection,
  contract: ContractSection,
  quality: QualitySection,
  freshness: FreshnessSection,
  findings: FindingsSection,
} satisfies Record<string, ComponentType<{ dataset: DatasetItem }>>
type PartName = keyof typeof parts

/** One dataset: what it is, what it promises, how well it keeps that. */
export default function DatasetPage() {
  const { t } = useTranslation()
  const lang = language()
  const { code = '', section } = useParams<{ code: string; section?: string }>()
  const path = `/catalogue/${encodeURIComponent(code)}`
  const dataset = useQuery({
    queryKey: ['datasets', code],
    queryFn: ({ signal }) => read<DatasetItem>(`/api/datasets/${encodeURIComponent(code)}`, {}, signal),
  })
  const summary = useFreshnessSummary()
  const chosen: PartName = section !== undefined && section in parts ? (section as PartName) : 'about'
  const Part = parts[chosen]
  return (
    <MantineScope>
      <p className={styles.back}>
        <Link href="/catalogue">{t('catalogue.back')}</Link>
      </p>
      <PageHead
        title={dataset.data ? nameIn(dataset.data.name, lang) : code}
        lead={dataset.data?.description ? nameIn(dataset.data.description, lang) : undefined}
      />
      <Fetched query={dataset}>
        {(found) => (
          <div className={styles.page}>
            <DatasetBadges
              dataset={found}
              freshness={summary.data?.find((one) => one.dataset === code)?.state}
            />
            <Sections
              label={t('catalogue.sections')}
              chosen={chosen}
              parts={(Object.keys(parts) as PartName[]).map((name) => ({
                name,
                label: t(`catalogue.section.${name}`),
                href: name === 'about' ? path : `${path}/${name}`,
              }))}
            />
            <Part key={found.code} dataset={found} />
          </div>
        )}
      </Fetched>
    </MantineScope>
  )
}
