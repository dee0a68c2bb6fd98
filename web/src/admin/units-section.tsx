import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { civilDay } from '../i18n/format.ts'
import { useUnitsAbove, useUnitsLike } from '../identity/units.ts'
import { DayField, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { UnitLink, UnitTree } from './unit-tree.tsx'
import { UnitView } from './unit-view.tsx'
import styles from './units-section.module.css'

/** Units as they stood on a day: the tree or a search on one side, one unit with its history on the other. */
export function UnitsSection() {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const today = civilDay(Date.now())
  const day = view.get('day') ?? today
  const unit = view.get('unit')
  const words = view.get('q') ?? ''
  const wanted = useDeferredValue(words.trim())
  const above = useUnitsAbove(unit, day)
  return (
    <div className={styles.units}>
      <Panel title={t('admin.units.title')}>
        <div className={styles.tools}>
          <TextField
            label={t('admin.units.search')}
            type="search"
            value={words}
            maxLength={100}
            onChange={(to) => change({ q: to })}
          />
          <DayField
            label={t('admin.units.day')}
            value={day}
            onChange={(to) => change({ day: to === today ? null : to })}
          />
        </div>
        {wanted === '' ? (
          <UnitTree
            key={day}
            day={day}
            chosen={unit}
            open={(above.data ?? []).map(({ id }) => id)}
            waiting={unit !== null && above.isPending}
          />
        ) : (
          <Found words={wanted} day={day} chosen={unit} />
        )}
      </Panel>
      {unit === null ? (
        <Empty title={t('admin.units.choose')} />
      ) : (
        <UnitView key={unit} id={unit} day={day} above={above.data ?? []} />
      )}
    </div>
  )
}

function Found({ words, day, chosen }: { words: string; day: string; chosen: string | null }) {
  const { t } = useTranslation()
  const found = useUnitsLike(words, day)
  if (found.isPending) return <Loading lines={5} />
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />
  if (found.data.length === 0) return <Empty title={t('admin.units.none')} />
  return (
    <>
      <p className={styles.count} role="status">
        {t('admin.units.found', { count: found.data.length })}
      </p>
      <ul className={styles.tree}>
        {found.data.slice(0, 200).map((unit) => (
          <li key={unit.id} className={styles.row}>
            <UnitLink unit={unit} chosen={chosen} />
          </li>
        ))}
      </ul>
    </>
  )
}
