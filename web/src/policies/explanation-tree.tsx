import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import styles from './lab.module.css'
import type { Outline, ShownExplanation } from './lab-messages.ts'
import { moneyText } from './money.ts'

/** One value, the rule and article it rests on, and under it the values that it was made from. */
export function ExplanationTree(props: {
  node: ShownExplanation
  sources: Outline['sources']
  depth?: number
}) {
  const { t } = useTranslation()
  const lang = language()
  const { node, sources, depth = 0 } = props
  const source = sources.find(({ id }) => id === node.reference?.source)
  const head = (
    <>
      {node.label}
      {node.of === null || node.of === 'h' ? '' : ` (${node.of})`} ={' '}
      <strong>{valueText(node.value, node.uom)}</strong>
      {node.unverified ? ` · ${t('lab.unverified')}` : ''}
    </>
  )
  const facts = (
    <p className={styles.note}>
      {t(`lab.how.${node.how}`)}
      {node.expression ? (
        <>
          : <code>{node.expression.replace(/^> /, '')}</code>
        </>
      ) : null}
      {node.rule ? ` · ${t('lab.ruleNumber', { number: node.rule.number })}` : ''}
      {node.parameter ? ` · ${node.parameter.path}, ${node.parameter.from}` : ''}
      {node.reference
        ? ` · ${node.reference.article}, ${source ? `${nameIn(source.title, lang)}${source.number ? ` ${source.number}` : ''}` : node.reference.source}`
        : ''}
    </p>
  )
  if (node.children.length === 0)
    return (
      <div className={styles.leaf}>
        {head}
        {facts}
      </div>
    )
  return (
    <details className={styles.branch} open={depth < 1}>
      <summary>{head}</summary>
      {facts}
      {node.children.map((child, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same value may come twice in one sum
        <ExplanationTree key={i} node={child} sources={sources} depth={depth + 1} />
      ))}
    </details>
  )

  function valueText(value: unknown, uom: string | null): string {
    if (typeof value === 'number')
      return uom === 'VND' ? moneyText(value, lang) : `${formatNumber(value, lang)}${uom ? ` ${uom}` : ''}`
    if (typeof value === 'boolean') return t(value ? 'lab.yes' : 'lab.no')
    if (value === null) return t('lab.nothing')
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
