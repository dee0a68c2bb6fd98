import type { ReactNode } from 'react'
import styles from './facts.module.css'

/** Names with what holds for each; a name without a value is left out. `wide` takes a line of its own. */
export function Facts(props: { of: readonly { name: string; value: ReactNode; wide?: boolean }[] }) {
  return (
    <dl className={styles.facts}>
      {props.of.map(({ name, value, wide }) =>
        value === null || value === undefined || value === '' ? null : (
          <div key={name} className={wide ? styles.wide : undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
