import type { LedgerEntryDetail } from '@nhip/node/exchange/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { read } from '../api/client.ts'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge } from '../shell/badges.tsx'
import { Facts } from '../shell/facts.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Icon } from '../shell/icon.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { actionWords } from './action-words.ts'
import { checkPath } from './check-path.ts'
import styles from './ledger-page.module.css'

/** One entry opened: what happened, the payload it commits to, and the path to the signed head. */
export function EntryPanel({ index }: { index: number }) {
  const { t } = useTranslation()
  const [, change] = useUrlView()
  const entry = useQuery({
    queryKey: ['ledger', 'entry', index],
    queryFn: ({ signal }) => read<LedgerEntryDetail>(`/api/ledger/entries/${index}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <OpenedPanel
      title={t('ledger.entry', { index: formatNumber(index, language()) })}
      onClose={() => change({ entry: null })}
    >
      <Fetched query={entry}>{(found) => <Opened entry={found} index={index} />}</Fetched>
    </OpenedPanel>
  )
}

function Opened({ entry, index }: { entry: LedgerEntryDetail; index: number }) {
  const { t } = useTranslation()
  const lang = language()
  const facts: [string, string | null][] = [
    [t('ledger.by.action'), `${actionWords(t, entry.action)} (${entry.action})`],
    [
      t('ledger.by.object'),
      `${entry.object.type} ${entry.object.id}${entry.object.version ? ` (${entry.object.version})` : ''}`,
    ],
    [t('ledger.by.who'), entry.whoName ? `${entry.whoName} (${entry.who})` : entry.who],
    [t('ledger.onBehalfOf'), entry.onBehalfOf],
    [t('ledger.by.purpose'), t(`ledger.for.${entry.purpose}`, { defaultValue: entry.purpose })],
    [t('ledger.legalBasis'), entry.legalBasis],
    [t('ledger.reason'), entry.reason],
    [t('ledger.time'), formatInstant(entry.time, lang)],
    [t('ledger.stamps'), entry.stampedAt ? formatInstant(entry.stampedAt, lang) : t('ledger.notStampedYet')],
    [
      t('ledger.witnesses'),
      entry.witnesses.length === 0
        ? t('ledger.notWitnessedYet')
        : entry.witnesses.map(({ name, time }) => `${name}, ${formatInstant(time, lang)}`).join('; '),
    ],
  ]
  const walked = useQuery({
    queryKey: ['ledger', 'path', index, entry.head.root],
    queryFn: () =>
      checkPath({
        index,
        size: entry.head.size,
        bytes: entry.bytes,
        path: entry.path,
        root: entry.head.root,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className={styles.opened}>
      <p className={styles.verdict}>
        <Badge tone={entry.opens ? 'good' : 'bad'}>
          {t(entry.opens ? 'ledger.opens' : 'ledger.opensNot')}
        </Badge>
        {walked.data === undefined ? null : (
          <Badge tone={walkedTone[walked.data]}>
            {t(`ledger.walked.${walked.data}`, { size: formatNumber(entry.head.size, lang) })}
          </Badge>
        )}
      </p>
      <Facts of={facts.map(([name, value]) => ({ name, value }))} />
      <p>
        <a className={styles.download} href={`/api/ledger/receipts/${index}`} download>
          <Icon name="download" size="1rem" /> {t('ledger.receipt')}
        </a>
      </p>
      <p className={styles.note}>{t('ledger.receiptExplain')}</p>
      <Raw
        title={t('ledger.payload')}
        text={JSON.stringify({ before: entry.before, after: entry.after }, null, 2)}
      />
      <Raw title={t('ledger.envelope')} text={JSON.stringify(entry.envelope, null, 2)} />
      <Raw
        title={t('ledger.path', { count: entry.path.length })}
        text={[entry.leafHash, ...entry.path].join('\n')}
      />
      <Raw title={t('ledger.head')} text={entry.head.note} />
    </div>
  )
}

const walkedTone = { fits: 'good', 'fits-not': 'bad', cannot: 'note' } as const

function Raw({ title, text }: { title: string; text: string }) {
  return (
    <details className={styles.explain}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={styles.raw} tabIndex={0}>
        {text}
      </pre>
    </details>
  )
}
