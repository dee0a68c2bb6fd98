import { useTranslation } from 'react-i18next'
import { address } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import controls from '../shell/controls.module.css'
import { Button } from '../shell/controls.tsx'
import { Icon } from '../shell/icon.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './lab.module.css'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { reportCsv } from './report-csv.ts'

/** What the figures rest on, and ways to take them along: a spreadsheet's file, or a page to print or keep as PDF. */
export function ReportPanel(props: {
  result: ShownResult
  names: Names
  /** Of a simulation on the node; a sample in the browser has none and cannot be cited. */
  certificate: { sha256: string; simulation: string } | null
}) {
  const { t } = useTranslation()
  const lang = language()
  const { result, names, certificate } = props
  const assumptions = result.assumptions.flatMap((one) => {
    const { vi, en } = (one ?? {}) as { vi?: string; en?: string }
    return vi === undefined ? [] : [nameIn({ vi, en: en ?? vi }, lang)]
  })
  const said = [
    t('lab.populationIs', {
      title: nameIn(result.population.title, lang),
      seed: String(result.population.seed ?? '–'),
      households: formatNumber(result.rows.households, lang),
    }),
    ...assumptions,
    ...(result.defaulted.length > 0
      ? [t('lab.defaulted', { names: result.defaulted.map(names.variable).join('; ') })]
      : []),
    ...(result.unverified.length > 0
      ? [t('lab.restsOn', { names: result.unverified.map(names.parameter).join('; ') })]
      : []),
  ]
  const proof = certificate ? t('lab.certified', { sha256: certificate.sha256 }) : t('lab.notCertified')
  const save = () => {
    const text = reportCsv(result, {
      synthetic: t('synthetic.label'),
      names: Object.fromEntries(result.budget.map(({ variable }) => [variable, names.variable(variable)])),
      assumptions: said,
      certificate: proof,
    })
    const href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = href
    link.download = `${result.bundle.id}-${result.period}.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
  }
  return (
    <Panel title={t('lab.report')} note={<SyntheticBadge />}>
      <ul className={styles.assumptions}>
        {said.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className={styles.note}>{proof}</p>
      <div className={`${styles.row} ${styles.noPrint}`}>
        <Button onClick={save}>
          <Icon name="download" size="1.1rem" />
          {t('lab.save.csv')}
        </Button>
        <Button onClick={() => window.print()}>{t('lab.print')}</Button>
        {certificate ? (
          <>
            {(['xlsx', 'pdf'] as const).map((format) => (
              <a
                key={format}
                className={`${controls.button} ${controls.plain}`}
                href={address(`/api/simulations/${certificate.simulation}/report.${format}`, { lang })}
                download
              >
                <Icon name="download" size="1.1rem" />
                {t(`lab.save.${format}`)}
              </a>
            ))}
            <a
              href={`/api/simulations/${certificate.simulation}/result`}
              download={`${certificate.simulation}.json`}
            >
              {t('lab.save.json')}
            </a>
          </>
        ) : null}
      </div>
    </Panel>
  )
}
