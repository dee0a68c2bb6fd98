import type { ImportItem } from '@nhip/node/intake/contract'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { send } from '../api/client.ts'
import { useDatasets } from '../catalogue/queries.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Button, Choice } from '../shell/controls.tsx'
import { Icon } from '../shell/icon.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Failure } from '../shell/states.tsx'
import styles from './import-file.module.css'

/** The first step: a file, dropped or chosen, and the dataset it belongs to. */
export function ImportFile() {
  const { t } = useTranslation()
  const lang = language()
  const [, go] = useLocation()
  const me = useMe()
  const datasets = useDatasets()
  const input = useRef<HTMLInputElement>(null)
  const [dataset, setDataset] = useState('')
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)

  const take = async (file: File | undefined) => {
    if (!file) return
    setBusy(file.name)
    setError(null)
    try {
      const form = new FormData()
      // Fields before the file: the node reads the stream in order.
      if (dataset) form.set('dataset', dataset)
      form.set('file', file, file.name)
      const made = await send<ImportItem>('POST', '/api/imports', form)
      go(`/import/${encodeURIComponent(made.id)}`)
    } catch (caught) {
      setError(caught)
      setBusy(null)
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }

  return (
    <>
      <PageHead title={t('nav.import')} lead={t('import.lead')} />
      {me.isSuccess && !me.data ? (
        <p className={styles.signIn}>
          {t('import.needSignIn')} <Link href="/sign-in?next=/import">{t('account.signIn')}</Link>
        </p>
      ) : null}
      <Panel title={t('import.chooseFile')}>
        <div className={styles.step}>
          <Choice
            className={styles.dataset}
            label={t('import.intoDataset')}
            value={dataset}
            onChange={setDataset}
            options={[
              { value: '', label: t('import.datasetLater') },
              ...(datasets.data ?? []).map((d) => ({ value: d.code, label: nameIn(d.name, lang) })),
            ]}
          />
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button inside does the same */}
          <div
            className={styles.drop}
            data-over={over || undefined}
            onDragOver={(event) => {
              event.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            <Icon name="import" size="2.4rem" />
            <p className={styles.big}>{busy ? t('import.reading', { file: busy }) : t('import.dropHere')}</p>
            <input
              ref={input}
              id="import-file"
              className={styles.input}
              type="file"
              accept=".csv,.tsv,.txt,.xlsx,text/csv"
              tabIndex={-1}
              aria-label={t('import.chooseFile')}
              onChange={(event) => void take(event.currentTarget.files?.[0])}
            />
            <Button kind="strong" busy={busy !== null} onClick={() => input.current?.click()}>
              {t('import.browse')}
            </Button>
            <p className={styles.hint}>{t('import.formats')}</p>
          </div>
          {error ? <Failure error={error} /> : null}
        </div>
      </Panel>
    </>
  )
}
