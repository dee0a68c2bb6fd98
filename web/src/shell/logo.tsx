/** The sign of Nhịp: a line at rest, one beat, a line again. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect x="0.5" y="0.5" width="31" height="31" rx="7.5" fill="#16345c" stroke="#2b4d7d" />
      <path
        d="M3.5 17.5h6l3-8.5 6 15 3.2-9 1.6 2.5h5.2"
        fill="none"
        stroke="#ff6b5e"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
