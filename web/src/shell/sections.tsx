import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import styles from './sections.module.css'

/** The parts of a page as a row of links, each with its own address. */
export function Sections(props: {
  label: string
  chosen: string
  parts: readonly { name: string; label: string; href: string }[]
}) {
  const here = useRef<HTMLAnchorElement>(null)
  // On a phone the row scrolls: the part that is open has to be in sight.
  useEffect(() => {
    if (here.current?.dataset.section === props.chosen)
      here.current.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [props.chosen])
  return (
    <nav aria-label={props.label}>
      <ul className={styles.sections}>
        {props.parts.map(({ name, label, href }) => (
          <li key={name}>
            <Link
              href={href}
              ref={name === props.chosen ? here : undefined}
              data-section={name}
              aria-current={name === props.chosen ? 'page' : undefined}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
