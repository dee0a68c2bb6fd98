import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { administers } from '../admin/sections.ts'
import { Account } from '../identity/account.tsx'
import { useMe } from '../identity/me.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { Clock } from '../wall/clock.tsx'
import { Connection } from './connection.tsx'
import { Icon, type IconName } from './icon.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import styles from './layout.module.css'
import { Logo } from './logo.tsx'
import { isWall } from './wall.ts'

const places: { path: string; name: IconName }[] = [
  { path: '/', name: 'overview' },
  { path: '/map', name: 'map' },
  { path: '/series', name: 'series' },
  { path: '/policy-lab', name: 'policyLab' },
  { path: '/import', name: 'import' },
  { path: '/catalogue', name: 'catalogue' },
  { path: '/ledger', name: 'ledger' },
  { path: '/admin', name: 'admin' },
]

/** Navigation at the side on a desk, at the bottom on a phone, none on a wall. */
export function Layout({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [path] = useLocation()
  const main = useRef<HTMLElement>(null)
  const nav = useRef<HTMLElement>(null)
  const before = useRef(path)
  const wall = isWall()
  const me = useMe()
  const shown = places.filter(({ name }) => name !== 'admin' || administers(me.data?.permissions ?? []))

  // A change of page moves the reader of a screen reader to it; the first page is left alone.
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])

  // On a phone the places stand in a row that scrolls; there may be one more once the node knows who is there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of places moves the one that is open
  useEffect(() => {
    const here = nav.current?.querySelector(`[href="/${path.split('/')[1]}"]`)
    here?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path, shown.length])

  useEffect(() => {
    if (wall) document.documentElement.dataset.wall = ''
  }, [wall])

  if (wall) {
    return (
      <div className={styles.wall}>
        <header className={styles.wallHead}>
          <Logo size={40} />
          <span className={styles.brand}>Nhịp</span>
          <LiveMark />
          <Clock />
        </header>
        <main ref={main} tabIndex={-1} className={styles.main}>
          <Connection />
          {children}
        </main>
      </div>
    )
  }
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        {t('shell.skip')}
      </a>
      <header className={styles.side}>
        <Link href="/" className={styles.home} aria-label={t('shell.home')}>
          <Logo size={34} />
          <span>
            <span className={styles.brand}>Nhịp</span>
            <span className={styles.motto}>{t('shell.motto')}</span>
          </span>
        </Link>
        <nav ref={nav} className={styles.nav} aria-label={t('shell.navigation')}>
          <ul>
            {shown.map((place) => {
              const here = place.path === '/' ? path === '/' : path.startsWith(place.path)
              return (
                <li key={place.path}>
                  <Link href={place.path} className={styles.place} aria-current={here ? 'page' : undefined}>
                    <Icon name={place.name} />
                    <span>{t(`nav.${place.name}`)}</span>
                  </Link>
                </li>
              )
            })}
          </ul>
        </nav>
        <div className={styles.foot}>
          <Account />
          <LanguageSwitch />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Connection />
        {children}
      </main>
    </div>
  )
}
