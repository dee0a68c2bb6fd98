import { addDays } from '@nhip/calendar/civil-date'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { useDatasets } from '../catalogue/queries.ts'
import { nameIn } from '../catalogue/words.ts'
import { civilDay } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { UnitSelect } from '../identity/unit-select.tsx'
import { Button, Choice, DayField, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './admin-page.module.css'

const scopes = ['ingest', 'read', 'admin'] as const

/** A new token, cut down to what the program needs; its text is shown this once. */
export function NewToken({ user, onClose }: { user: string; onClose: () => void }) {
  const { t } = useTranslation()
  const today = civilDay(Date.now())
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(['ingest'])
  const [until, setUntil] = useState(addDays(today, 90))
  const [unit, setUnit] = useState({ id: '', name: '' })
  const [datasets, setDatasets] = useState<readonly string[]>([])
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: () =>
      send<{ id: string; token: string }>('POST', '/api/tokens', {
        name: name.trim(),
        scopes: chosen,
        user,
        expiresAt: until === '' ? null : `${until}T23:59:59+07:00`,
        ...(unit.id === '' || unit.id === '*' ? {} : { unit: unit.id }),
        ...(datasets.length === 0 ? {} : { datasets }),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const close = (
    <Button kind="quiet" onClick={onClose}>
      {t('shell.close')}
    </Button>
  )
  if (make.data) {
    return (
      <Panel title={t('admin.tokens.made', { name: name.trim() })} note={close}>
        <MadeToken text={make.data.token} />
      </Panel>
    )
  }
  return (
    <Panel title={t('admin.tokens.addFor', { user })} note={close}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <div className={styles.fields}>
          <TextField
            label={t('admin.tokens.name')}
            value={name}
            onChange={setName}
            maxLength={200}
            hint={t('admin.tokens.nameHint')}
            required
          />
          <DayField label={t('admin.tokens.until')} value={until} min={today} onChange={setUntil} />
        </div>
        {until === '' ? <p className={styles.caution}>{t('admin.tokens.neverWarning')}</p> : null}
        <fieldset className={styles.checks}>
          <legend>{t('admin.tokens.scopes')}</legend>
          {scopes.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={() =>
                  setChosen(
                    chosen.includes(scope) ? chosen.filter((other) => other !== scope) : [...chosen, scope],
                  )
                }
              />
              <span>
                {t(`admin.tokens.scope.${scope}`)} <small>{t(`admin.tokens.scopeNote.${scope}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div className={styles.fields}>
          <UnitSelect
            label={t('admin.tokens.unit')}
            value={unit.id}
            name={unit.name}
            onChange={(id, called) => setUnit({ id, name: called })}
          />
          <Datasets value={datasets} onChange={setDatasets} />
        </div>
        <Refusal error={make.error} />
        <p className={styles.actions}>
          <Button type="submit" kind="strong" busy={make.isPending} disabled={chosen.length === 0}>
            {t('admin.tokens.make')}
          </Button>
        </p>
      </form>
    </Panel>
  )
}

function Datasets(props: { value: readonly string[]; onChange: (codes: string[]) => void }) {
  const { t } = useTranslation()
  const lang = language()
  const datasets = useDatasets()
  const name = (code: string) => {
    const found = datasets.data?.find((dataset) => dataset.code === code)
    return found ? nameIn(found.name, lang) : code
  }
  return (
    <div>
      <Choice
        label={t('admin.tokens.datasets')}
        value=""
        onChange={(code) => code && props.onChange([...props.value, code])}
        options={[
          {
            value: '',
            label: t(props.value.length === 0 ? 'admin.tokens.allDatasets' : 'admin.tokens.oneMore'),
          },
          ...(datasets.data ?? [])
            .filter(({ code }) => !props.value.includes(code))
            .map(({ code }) => ({ value: code, label: name(code) })),
        ]}
      />
      <ul className={styles.chosen}>
        {props.value.map((code) => (
          <li key={code}>
            {name(code)}
            <Button
              kind="quiet"
              aria-label={t('admin.tokens.without', { name: name(code) })}
              onClick={() => props.onChange(props.value.filter((other) => other !== code))}
            >
              {t('admin.users.remove')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function MadeToken({ text }: { text: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <div className={styles.form}>
      <p className={styles.caution}>{t('admin.tokens.once')}</p>
      <p>
        <code className={styles.secret}>{text}</code>
      </p>
      <p className={styles.actions}>
        {/* Over plain http to another machine browsers keep the clipboard closed; the text can still be marked. */}
        {navigator.clipboard ? <Button onClick={() => void copy()}>{t('admin.tokens.copy')}</Button> : null}
        <span role="status" className={styles.done}>
          {copied ? t('admin.tokens.copied') : ''}
        </span>
      </p>
    </div>
  )
}
