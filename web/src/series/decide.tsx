import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { CorrectionAnswer, Decision, ObservationItem } from '@nhip/node/observations/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { symbolOf } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Button, Segments, TextField } from '../shell/controls.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './decide.module.css'

const decisions: readonly Decision[] = ['confirm', 'reject', 'correct', 'withdraw']

/** What a steward says of a value: it is right, it is wrong, it is another, there is none. Each with a reason. */
export function Decide({
  current,
  property,
}: {
  current: ObservationItem
  property: PropertyItem | undefined
}) {
  const { t } = useTranslation()
  const lang = language()
  const queries = useQueryClient()
  const kind = property?.kind ?? 'number'
  const [decision, setDecision] = useState<Decision>('confirm')
  const [reason, setReason] = useState('')
  const [value, setValue] = useState('')
  const [denominator, setDenominator] = useState('')
  const number = (text: string) => Number(text.trim().replace(',', '.'))
  const corrected = () =>
    kind === 'ratio'
      ? { num: number(value), den: number(denominator) }
      : kind === 'text'
        ? { text: value }
        : { value: number(value) }
  const decide = useMutation({
    mutationFn: () =>
      send<CorrectionAnswer>('POST', '/api/observations/corrections', {
        decision,
        seq: current.seq,
        reason: reason.trim(),
        ...(decision === 'correct' ? corrected() : {}),
      }),
    onSuccess: () => {
      setReason('')
      setValue('')
      setDenominator('')
    },
    // A refusal can mean that another version holds by now: what is shown is read again either way.
    onSettled: () =>
      Promise.all(
        ['versions', 'series', 'series-head', 'latest', 'findings', 'score'].map((list) =>
          queries.invalidateQueries({ queryKey: [list] }),
        ),
      ),
  })
  const wrongNumber =
    decision === 'correct' && kind !== 'text'
      ? [value, ...(kind === 'ratio' ? [denominator] : [])].some(
          (text) => text.trim() !== '' && !Number.isFinite(number(text)),
        )
      : false
  const missing =
    decision === 'correct' && (value.trim() === '' || (kind === 'ratio' && denominator.trim() === ''))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    decide.mutate()
  }
  const symbol = symbolOf(property, lang)
  return (
    <form className={styles.decide} onSubmit={submit}>
      <Segments
        label={t('series.decide.title')}
        value={decision}
        onChange={(to) => {
          setDecision(to as Decision)
          decide.reset()
        }}
        options={decisions.map((one) => ({ value: one, label: t(`series.decide.${one}`) }))}
      />
      <p className={styles.note}>{t(`series.decide.means.${decision}`)}</p>
      <div className={styles.fields}>
        {decision === 'correct' ? (
          <TextField
            label={
              kind === 'ratio'
                ? t('series.decide.numerator')
                : symbol
                  ? t('series.decide.valueIn', { uom: symbol })
                  : t('series.decide.value')
            }
            value={value}
            onChange={setValue}
            inputMode={kind === 'text' ? 'text' : 'decimal'}
            hint={
              kind === 'text' || value.trim() === ''
                ? undefined
                : t('series.decide.willBe', { value: formatNumber(number(value), lang, property?.decimals) })
            }
            problem={wrongNumber ? t('series.decide.notNumber') : undefined}
          />
        ) : null}
        {decision === 'correct' && kind === 'ratio' ? (
          <TextField
            label={t('series.decide.denominator')}
            value={denominator}
            onChange={setDenominator}
            inputMode="decimal"
          />
        ) : null}
        <TextField
          className={styles.reason}
          label={t('series.decide.reason')}
          value={reason}
          onChange={setReason}
          maxLength={1000}
          hint={t('series.decide.reasonHint')}
        />
      </div>
      <Refusal error={decide.error} />
      <p className={styles.actions}>
        <Button
          type="submit"
          kind="strong"
          busy={decide.isPending}
          disabled={reason.trim().length < 3 || missing || wrongNumber}
        >
          {t(`series.decide.${decision}`)}
        </Button>
        <span role="status" className={styles.done}>
          {decide.data ? t(decide.data.unchanged ? 'series.decide.same' : 'series.decide.done') : ''}
        </span>
      </p>
    </form>
  )
}
