import { useId, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { archipelagos } from './archipelagos.ts'
import type { Boundaries } from './boundaries.ts'
import styles from './national-svg.module.css'
import { height, pathOf, project, width } from './projection.ts'

/** How one place is drawn. */
export interface Drawn {
  code: string
  entity: string
  name: string
  /** What is read beside the name: the value in words. */
  text: string
  colour: string
  /** Estimated or imputed: drawn hatched. */
  estimated: boolean
  lon?: number
  lat?: number
}

interface Props {
  boundaries: Boundaries
  items: readonly Drawn[]
  /** Items with a position are points over uncoloured areas. */
  points?: boolean
  selected?: string | null
  onSelect?: (entity: string) => void
  onHover?: (entity: string | null) => void
  title: string
}

/**
 * The national map as plain SVG: small enough for a phone on a weak network, and the way a browser without WebGL
 * sees the map page. The table beside it is its text twin, so single areas are not in the tab order.
 */
export function NationalSvg({ boundaries, items, points, selected, onSelect, onHover, title }: Props) {
  const { t } = useTranslation()
  const hatch = useId()
  const paths = useMemo(
    () => boundaries.features.map((f) => ({ ...f.properties, d: pathOf(f.geometry) })),
    [boundaries],
  )
  const byCode = useMemo(() => new Map(items.map((item) => [item.code, item])), [items])
  const lang = language()
  return (
    <svg className={styles.map} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.2" height="6" fill="#ffffff" fillOpacity="0.6" />
        </pattern>
      </defs>
      {paths.map((area) => {
        const item = points ? undefined : byCode.get(area.code)
        const chosen = item !== undefined && item.entity === selected
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table twin is the keyboard's way
          // biome-ignore lint/a11y/useKeyWithMouseEvents: the table twin is the keyboard's way
          <g
            key={area.code}
            className={item ? styles.area : undefined}
            onClick={item ? () => onSelect?.(item.entity) : undefined}
            onMouseOver={item ? () => onHover?.(item.entity) : undefined}
            onMouseOut={item ? () => onHover?.(null) : undefined}
          >
            <path
              d={area.d}
              fill={item?.colour ?? 'var(--no-data)'}
              stroke={chosen ? 'var(--ink)' : 'var(--card)'}
              strokeWidth={chosen ? 2.4 : 0.7}
            />
            {item?.estimated ? <path d={area.d} fill={`url(#${hatch})`} /> : null}
            <title>{item ? `${item.name}: ${item.text}` : area.name}</title>
          </g>
        )
      })}
      {points
        ? items.map((item) => {
            if (item.lon === undefined || item.lat === undefined) return null
            const [x, y] = project(item.lon, item.lat)
            return (
              <circle
                key={item.entity}
                cx={x}
                cy={y}
                r={item.entity === selected ? 5 : 2}
                fill={item.colour}
                stroke={item.entity === selected ? 'var(--ink)' : 'none'}
              />
            )
          })
        : null}
      {archipelagos.map((group) => {
        const [x, y] = project(group.label[0], group.label[1])
        const colour = points ? undefined : byCode.get(group.province)?.colour
        const [name, place] = group.name[lang].split(' (')
        return (
          <g key={group.province} data-archipelago={group.province}>
            {group.islands.map(([lon, lat]) => {
              const [cx, cy] = project(lon, lat)
              return (
                <circle
                  key={`${lon} ${lat}`}
                  cx={cx}
                  cy={cy}
                  r="3.2"
                  fill={colour ?? 'var(--no-data)'}
                  stroke="var(--ink-soft)"
                  strokeWidth="0.8"
                />
              )
            })}
            <text className={styles.label} x={x} y={y} textAnchor="middle">
              {name}
              <tspan x={x} dy="1.2em" className={styles.place}>
                {`(${place}`}
              </tspan>
            </text>
          </g>
        )
      })}
      <text className={styles.sea} x={project(110.4, 13)[0]} y={project(110.4, 13)[1]}>
        {t('map.eastSea')}
      </text>
    </svg>
  )
}
