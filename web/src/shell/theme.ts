import { createTheme } from '@mantine/core'

/** Indigo of chàm-dyed cloth. Shade 7 as the filled colour: white text on it has a contrast of 8.9. */
export const theme = createTheme({
  primaryColor: 'cham',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: {
    cham: [
      '#eef3fa',
      '#dbe5f2',
      '#b6c9e3',
      '#8eabd2',
      '#6a90c3',
      '#4b77b2',
      '#33619d',
      '#1f4a80',
      '#173a66',
      '#0e2340',
    ],
  },
  fontFamily: "'Be Vietnam Pro', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  headings: { fontFamily: "'Be Vietnam Pro', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
