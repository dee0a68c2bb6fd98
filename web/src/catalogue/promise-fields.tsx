import type { FreshnessPromise } from '@nhip/node/catalogue/contract'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { Choice, Segments } from '../shell/controls.tsx'
import styles from './contract-form.module.css'
import { DurationField } from './duration-field.tsx'
import { NumberField } from './number-field.tsx'
import type { ProblemsByPlace } from './pointer.ts'

type Calendar = Extract<FreshnessPromise, { kind: 'calendar' }>
const periods = ['day', 'week', 'month', 'quarter', 'half', 'year'] as const

/** When values are to be there: not promised, every so often, or by a day of the calendar. */
export function PromiseFields(props: {
  value: FreshnessPromise | null
  problems: ProblemsByPlace
  onChange: (promise: FreshnessPromise | null) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { value, problems, onChange } = props
  const problem = (name: string) => problems.words(`/freshness/${name}`, lang)
  return (
    <div className={styles.save}>
      <Segments
        label={t('catalogue.promise.kind')}
        value={value?.kind ?? 'none'}
        onChange={(kind) =>
          onChange(
            kind === 'interval'
              ? { kind, everyS: 3600 }
              : kind === 'calendar'
                ? { kind, period: 'month', dueIn: 5, count: 'working-days' }
                : null,
          )
        }
        options={(['none', 'interval', 'calendar'] as const).map((kind) => ({
          value: kind,
          label: t(`catalogue.promise.kinds.${kind}`),
        }))}
      />
      {value?.kind === 'interval' ? (
        <div className={styles.fields}>
          <DurationField
            label={t('catalogue.promise.everyS')}
            value={value.everyS}
            problem={problem('everyS')}
            onChange={(everyS) => onChange({ ...value, everyS: everyS ?? 0 })}
          />
          <DurationField
            label={t('catalogue.promise.lateAfterS')}
            value={value.lateAfterS}
            problem={problem('lateAfterS')}
            onChange={(lateAfterS) => onChange({ ...value, lateAfterS })}
          />
          <DurationField
            label={t('catalogue.promise.staleAfterS')}
            value={value.staleAfterS}
            problem={problem('staleAfterS')}
            onChange={(staleAfterS) => onChange({ ...value, staleAfterS })}
          />
        </div>
      ) : null}
      {value?.kind === 'calendar' ? (
        <div className={styles.fields}>
          <Choice
            label={t('catalogue.promise.period')}
            value={value.period}
            onChange={(period) => onChange({ ...value, period: period as Calendar['period'] })}
            options={periods.map((period) => ({ value: period, label: t(`catalogue.period.${period}`) }))}
          />
          <NumberField
            label={t('catalogue.promise.dueIn')}
            value={value.dueIn}
            problem={problem('dueIn')}
            onChange={(dueIn) => onChange({ ...value, dueIn: dueIn ?? 0 })}
          />
          <Choice
            label={t('catalogue.promise.count')}
            value={value.count}
            onChange={(count) => onChange({ ...value, count: count as Calendar['count'] })}
            options={(['working-days', 'days'] as const).map((count) => ({
              value: count,
              label: t(`catalogue.promise.counts.${count}`),
            }))}
          />
          <NumberField
            label={t('catalogue.promise.staleIn')}
            value={value.staleIn}
            problem={problem('staleIn')}
            onChange={(staleIn) => onChange({ ...value, staleIn })}
          />
        </div>
      ) : null}
    </div>
  )
}
