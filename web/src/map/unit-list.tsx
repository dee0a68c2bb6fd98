import type { SnapshotAnswer } from '@nhip/node/observations/contract'
import { fold } from '@nhip/territory/name-key'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StatusBadge } from '../shell/badges.tsx'
import { Button, Segments } from '../shell/controls.tsx'
import styles from './unit-list.module.css'

type Item = SnapshotAnswer['items'][number]
const step = 100

/** The table twin of the map: every unit with its value, and the way to choose one by keyboard. */
export function UnitList(props: {
  items: readonly Item[]
  selected: string | null
  onSelect: (entity: string | null) => void
  number: (value: number | null) => string
  caption: string
}) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState('')
  const [order, setOrder] = useState('value')
  const [shown, setShown] = useState(step)
  const key = fold(wanted)
  const found = props.items
    .filter((item) => key === '' || fold(item.name).includes(key) || item.code === wanted.trim())
    .sort((a, b) =>
      order === 'name'
        ? a.name.localeCompare(b.name, 'vi')
        : (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY) ||
          a.name.localeCompare(b.name, 'vi'),
    )
  return (
    <div className={styles.twin}>
      <div className={styles.tools}>
        <label className={styles.search}>
          <span>{t('map.findUnit')}</span>
          <input
            type="search"
            value={wanted}
            onChange={(event) => {
              setWanted(event.currentTarget.value)
              setShown(step)
            }}
          />
        </label>
        <Segments
          label={t('map.order')}
          value={order}
          onChange={setOrder}
          options={[
            { value: 'value', label: t('map.byValue') },
            { value: 'name', label: t('map.byName') },
          ]}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={props.caption}>
        <table>
          <caption>{props.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{t('map.unit')}</th>
              <th scope="col">{t('figure.value')}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((item) => (
              <tr key={item.entity} data-chosen={item.entity === props.selected || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={item.entity === props.selected}
                    onClick={() => props.onSelect(item.entity === props.selected ? null : item.entity)}
                  >
                    {item.name}
                  </button>
                </th>
                <td>
                  {props.number(item.value)} <StatusBadge status={item.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 ? <p className={styles.none}>{t('map.noUnit')}</p> : null}
        {found.length > shown ? (
          <Button kind="quiet" onClick={() => setShown(shown + 5 * step)}>
            {t('table.more', { count: found.length - shown })}
          </Button>
        ) : null}
      </section>
    </div>
  )
}
