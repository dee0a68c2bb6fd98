import type { ImportItem } from '@nhip/node/intake/contract'
import { useTranslation } from 'react-i18next'
import { Facts } from '../shell/facts.tsx'

/** How the node found the file to be written. */
export function DetectedFacts({ item }: { item: ImportItem }) {
  const { t } = useTranslation()
  const { encoding, delimiter, header, shape, columns, sheet } = item.detected
  const signs: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }
  const sign = signs[delimiter]
  const facts: [string, string][] = [
    ...(sheet === undefined
      ? ([
          [t('import.encoding'), encoding],
          [t('import.delimiter'), sign ? t(`import.sign.${sign}`) : delimiter],
        ] satisfies [string, string][])
      : ([[t('import.sheet'), sheet]] satisfies [string, string][])),
    [t('import.header'), t(header ? 'import.headerYes' : 'import.headerNo')],
    [t('import.shape'), t(`import.shapes.${shape}`)],
    [t('import.columns'), String(columns.length)],
  ]
  return <Facts of={facts.map(([name, value]) => ({ name, value }))} />
}
