import type { SnapshotAnswer } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import styles from './highest.module.css'

type Item = SnapshotAnswer['items'][number]

/** The places with the greatest values: the text beside a map that nobody can point at. */
export function Highest(props: {
  items: readonly Item[]
  number: (value: number | null) => string
  most: number
}) {
  const { t } = useTranslation()
  const ranked = props.items
    .filter((item): item is Item & { value: number } => item.value !== null)
    .sort((a, b) => b.value - a.value)
    .slice(0, props.most)
  return (
    <>
      <h3 className={styles.title}>{t('wall.highest')}</h3>
      <ol className={styles.list}>
        {ranked.map((item) => (
          <li key={item.entity}>
            <span>{item.name}</span>
            <b>{props.number(item.value)}</b>
          </li>
        ))}
      </ol>
    </>
  )
}
