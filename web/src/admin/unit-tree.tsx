import type { UnitItem } from '@nhip/node/identity/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { unitName, useUnitsUnder } from '../identity/units.ts'
import { Failure, Loading } from '../shell/states.tsx'
import { changed, useUrlView } from '../shell/url-view.ts'
import styles from './units-section.module.css'

/** Units under one another on a day. A branch asks for its units when it is opened. */
export function UnitTree(props: { day: string; chosen: string | null; open: string[]; waiting: boolean }) {
  // What lies above the chosen unit has to be known first: branches decide once whether they start open.
  if (props.waiting) return <Loading lines={8} />
  return <Branches {...props} parent={null} />
}

interface Place {
  day: string
  chosen: string | null
  open: string[]
}

function Branches({ parent, ...place }: Place & { parent: string | null }) {
  const { t } = useTranslation()
  const units = useUnitsUnder(parent, place.day)
  if (units.isPending) return <Loading lines={3} />
  if (units.error) return <Failure error={units.error} retry={() => void units.refetch()} />
  if (units.data.length === 0) return <p className={styles.count}>{t('admin.units.noneUnder')}</p>
  return (
    <ul className={styles.tree}>
      {units.data.map((unit) => (
        <Branch key={unit.id} unit={unit} {...place} />
      ))}
    </ul>
  )
}

function Branch({ unit, ...place }: Place & { unit: UnitItem }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(unit.level === 'nation' || place.open.includes(unit.id))
  const leaf = unit.level === 'commune' || unit.level === 'office'
  return (
    <li>
      <div className={styles.row}>
        {leaf ? null : (
          <button
            type="button"
            className={styles.twist}
            aria-expanded={open}
            aria-label={t('admin.units.under', { name: unitName(unit) })}
            onClick={() => setOpen(!open)}
          />
        )}
        <UnitLink unit={unit} chosen={place.chosen} />
      </div>
      {open && !leaf ? <Branches parent={unit.id} {...place} /> : null}
    </li>
  )
}

/** A unit by name and code, leading to its page. */
export function UnitLink({ unit, chosen }: { unit: UnitItem; chosen: string | null }) {
  const [view] = useUrlView()
  return (
    <Link
      className={styles.unit}
      href={`/admin/units?${changed(view, { unit: unit.id })}`}
      aria-current={unit.id === chosen ? 'true' : undefined}
    >
      {unitName(unit)} <span className={styles.code}>{unit.code}</span>
    </Link>
  )
}
