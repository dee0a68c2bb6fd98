import { addDays } from '@nhip/calendar/civil-date'
import type { UnitItem } from '@nhip/node/identity/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatNumber, formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { type Placement, type Succession, unitName, useUnit } from '../identity/units.ts'
import { Badge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import { Facts } from '../shell/facts.tsx'
import { Panel } from '../shell/panel.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import { changed, useUrlView } from '../shell/url-view.ts'
import { UnitOrder } from './unit-order.tsx'
import styles from './units-section.module.css'

/** One unit: what it is, what it lies in, what it came from and what became of it. */
export function UnitView({ id, day, above }: { id: string; day: string; above: UnitItem[] }) {
  const { t } = useTranslation()
  const lang = language()
  const unit = useUnit(id)
  const me = useMe()
  const [changing, setChanging] = useState(false)
  if (unit.isPending) return <Loading lines={6} />
  if (unit.error) return <Failure error={unit.error} retry={() => void unit.refetch()} />
  const { data } = unit
  const began = data.validFrom <= day
  const holds = began && (data.validTo === null || day < data.validTo)
  if (changing) return <UnitOrder unit={data} onClose={() => setChanging(false)} />
  return (
    <Panel
      title={unitName(data)}
      note={
        holds ? (
          <Badge tone="good">{t('admin.units.holds')}</Badge>
        ) : (
          <Badge tone="warn">{t(began ? 'admin.units.ended' : 'admin.units.notYet')}</Badge>
        )
      }
    >
      <Facts
        of={[
          { name: t('admin.units.kind'), value: data.kind },
          { name: t('admin.units.code'), value: <code>{data.code}</code> },
          { name: t('admin.units.within'), value: above.map(unitName).join(', ') },
          { name: t('admin.units.from'), value: formatPeriod(data.validFrom, lang) },
          {
            name: t('admin.units.to'),
            value: data.validTo ? formatPeriod(data.validTo, lang) : t('admin.units.still'),
          },
          {
            name: t('admin.units.area'),
            value: data.areaKm2 === null ? null : `${formatNumber(data.areaKm2, lang)} km²`,
          },
          { name: t('admin.units.act'), value: data.act },
          { name: t('admin.units.closedBy'), value: data.closedBy },
          {
            name: t('admin.units.id'),
            value: <code className={styles.id}>{data.id}</code>,
            wide: true,
          },
        ]}
      />
      <div className={styles.history}>
        <Edges
          title={t('admin.units.cameFrom')}
          none={t('admin.units.noPast')}
          edges={data.predecessors}
          day={(on) => addDays(on, -1)}
        />
        <Edges
          title={t('admin.units.became')}
          none={t('admin.units.noFuture')}
          edges={data.successors}
          day={(on) => on}
        />
      </div>
      {data.parents.length > 1 ? <Placements of={data.parents} /> : null}
      <p className={styles.count}>{t('admin.units.codesReused')}</p>
      {data.validTo === null && me.data?.permissions.includes('units.write') ? (
        <Button onClick={() => setChanging(true)}>{t('admin.order.begin')}</Button>
      ) : null}
    </Panel>
  )
}

/** What the unit has lain in, the newest first. */
function Placements({ of }: { of: Placement[] }) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <section className={styles.history}>
      <div>
        <h3>{t('admin.units.placements')}</h3>
        <ul className={styles.edges}>
          {of.toReversed().map(({ unit, name, from, act }) => (
            <li key={`${unit} ${from}`}>
              <span className={styles.on}>{formatPeriod(from, lang)}</span>
              <span>
                {name}
                <span className={styles.share}>{act}</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function Edges(props: { title: string; none: string; edges: Succession[]; day: (on: string) => string }) {
  const { t } = useTranslation()
  const lang = language()
  const [view] = useUrlView()
  return (
    <section>
      <h3>{props.title}</h3>
      {props.edges.length === 0 ? (
        <p className={styles.count}>{props.none}</p>
      ) : (
        <ul className={styles.edges}>
          {props.edges
            .toSorted((a, b) => (a.on < b.on ? 1 : -1))
            .map(({ unit, name, kind, on, share, act }) => (
              <li key={`${unit} ${kind} ${on}`}>
                <span className={styles.on}>{formatPeriod(on, lang)}</span>
                <span>
                  {t(`admin.units.edge.${kind}`, { defaultValue: kind })}{' '}
                  <Link href={`/admin/units?${changed(view, { unit, day: props.day(on), q: null })}`}>
                    {name}
                  </Link>
                  <span className={styles.share}>
                    {share === null
                      ? t('admin.units.shareUnknown')
                      : Number(share) === 1
                        ? ''
                        : t('admin.units.share', { percent: formatNumber(Number(share) * 100, lang) })}
                  </span>
                  {act ? <span className={styles.share}>{act}</span> : null}
                </span>
              </li>
            ))}
        </ul>
      )}
    </section>
  )
}
