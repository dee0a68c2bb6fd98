import type { ReactNode } from 'react'

const shapes = {
  overview: (
    <>
      <rect x="3" y="3" width="8" height="10" rx="1.5" />
      <rect x="13" y="3" width="8" height="6" rx="1.5" />
      <rect x="13" y="11" width="8" height="10" rx="1.5" />
      <rect x="3" y="15" width="8" height="6" rx="1.5" />
    </>
  ),
  map: (
    <>
      <path d="M9 4 3.5 6v14L9 18l6 2.5 5.5-2V4.5L15 6.5Z" />
      <path d="M9 4v14M15 6.5V20.5" />
    </>
  ),
  series: (
    <>
      <path d="M3.5 3.5v17h17" />
      <path d="m7 15 3.5-5 3.5 3 5.5-7" />
    </>
  ),
  import: (
    <>
      <path d="M12 3.5v11M7.5 10l4.5 4.5L16.5 10" />
      <path d="M4 16.5v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3" />
    </>
  ),
  catalogue: (
    <>
      <ellipse cx="12" cy="5.5" rx="8" ry="2.7" />
      <path d="M4 5.5v13c0 1.5 3.6 2.7 8 2.7s8-1.2 8-2.7v-13M4 12c0 1.5 3.6 2.7 8 2.7s8-1.2 8-2.7" />
    </>
  ),
  ledger: (
    <>
      <path d="M6 3.5h12a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H6a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2Z" />
      <path d="M8 3.5v17M11.5 9l1.8 1.8 3-3.3" />
    </>
  ),
  policyLab: (
    <>
      <path d="M12 3.5v17M7.5 20.5h9M5 6.5h14" />
      <path d="m5 6.5-2.7 6.2a2.9 2.9 0 0 0 5.4 0ZM19 6.5l-2.7 6.2a2.9 2.9 0 0 0 5.4 0Z" />
    </>
  ),
  admin: (
    <>
      <circle cx="9" cy="8" r="3.5" />
      <path d="M2.5 19.5c.6-3.4 3.2-5.2 6.5-5.2 1 0 2 .2 2.8.5" />
      <circle cx="17" cy="16.5" r="2.4" />
      <path d="M17 12v2M17 19v2M12.8 16.5h1.7M19.5 16.5h1.7M14 13.5l1.3 1.3M18.8 18.2l1.3 1.3M20 13.5l-1.2 1.3M15.2 18.2 14 19.5" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  user: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 20.5c.8-4 4-6 8-6s7.2 2 8 6" />
    </>
  ),
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="m15.5 15.5 5 5" />
    </>
  ),
  download: (
    <>
      <path d="M12 3.5v12M7 11l5 5 5-5M4 20.5h16" />
    </>
  ),
  warning: (
    <>
      <path d="M12 3.5 2.5 20h19Z" />
      <path d="M12 10v4.5M12 17.3v.2" />
    </>
  ),
  empty: (
    <>
      <path d="M3 14h5l1.5 3h5L16 14h5" />
      <path d="M6 5h12l3 9v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-5Z" />
    </>
  ),
  close: <path d="M5 5l14 14M19 5 5 19" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

/** A drawing beside words; it carries no meaning of its own. */
export function Icon({ name, size = '1.25rem' }: { name: IconName; size?: string }) {
  return (
    <svg
      style={{ width: size, height: size, flex: 'none' }}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  )
}
