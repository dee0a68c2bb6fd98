import { TextInput } from '@mantine/core'
import type { ColumnMapping, ImportItem, Mapping } from '@nhip/node/intake/contract'
import { useTranslation } from 'react-i18next'
import { useDatasets, useProperties } from '../catalogue/queries.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { Choice } from '../shell/controls.tsx'
import { type Role, settingsOf, withColumn, withWhole } from './mapping.ts'
import styles from './mapping-editor.module.css'
import { NewDataset } from './new-dataset.tsx'
import { ProblemLine } from './problem-line.tsx'

const roles: readonly Role[] = [
  'ignore',
  'entity',
  'entity-name',
  'entity-parent',
  'time',
  'time-end',
  'property',
  'breakdown',
  'value',
  'num',
  'den',
  'text',
  'uom',
  'status',
  'published',
  'quality-flag',
  'lat',
  'lon',
]
const dates = ['iso', 'dmy', 'mdy', 'excel', 'period-vi'] as const

/** What each column means. Every change is tried at once on the whole file: the report shows what it gives. */
export function MappingEditor(props: {
  item: ImportItem
  mapping: Mapping
  busy: boolean
  save: (mapping: Mapping) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const datasets = useDatasets()
  const { item, mapping, save } = props
  const whole = (change: Partial<Omit<Mapping, 'columns'>>) => save(withWhole(mapping, change))
  const text = (name: 'entity' | 'period' | 'published' | 'zone') => (
    <WholeText
      key={`${name} ${mapping[name] ?? ''}`}
      label={t(`import.whole.${name}`)}
      hint={t(`import.wholeHint.${name}`)}
      value={mapping[name] ?? ''}
      save={(value) => whole({ [name]: value })}
    />
  )
  return (
    <div className={styles.editor} aria-busy={props.busy}>
      <div className={styles.whole}>
        {item.detected.sheets && item.detected.sheets.length > 1 ? (
          <Choice
            label={t('import.sheet')}
            value={item.detected.sheet ?? ''}
            onChange={(sheet) => whole({ sheet })}
            options={item.detected.sheets.map(({ name, hidden }) => ({
              value: name,
              label: hidden ? t('import.sheetHidden', { name }) : name,
            }))}
          />
        ) : null}
        <Choice
          label={t('import.intoDataset')}
          value={mapping.dataset ?? ''}
          onChange={(dataset) => whole({ dataset })}
          options={[
            { value: '', label: t('import.chooseDataset') },
            ...(datasets.data ?? []).map((d) => ({ value: d.code, label: nameIn(d.name, lang) })),
          ]}
        />
        {text('entity')}
        {text('period')}
        {text('published')}
        {text('zone')}
      </div>
      <NewDataset importId={item.id} onMade={(dataset) => whole({ dataset })} />
      <ol className={styles.columns}>
        {item.detected.columns.map((column, i) => {
          const now = mapping.columns.find((c) => c.column === column.guess.column) ?? column.guess
          return (
            <li key={column.guess.column} data-ignored={now.role === 'ignore' || undefined}>
              <div className={styles.about}>
                <p className={styles.name}>{column.name || t('import.columnNumber', { n: i + 1 })}</p>
                <p className={styles.samples}>{column.samples.slice(0, 4).join(' · ')}</p>
                {column.problems.map((problem) => (
                  <ProblemLine key={`${problem.code} ${problem.line ?? ''}`} problem={problem} />
                ))}
              </div>
              <ColumnSettings
                name={column.name}
                column={now}
                change={(change) => save(withColumn(mapping, now.column, change))}
              />
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function ColumnSettings(props: {
  name: string
  column: ColumnMapping
  change: (change: Partial<ColumnMapping>) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const properties = useProperties()
  const { column, change } = props
  const has = settingsOf(column.role)
  const known = properties.data?.some((p) => p.code === column.property)
  return (
    <div className={styles.settings}>
      <Choice
        label={t('import.roleOf', { column: props.name })}
        value={column.role}
        onChange={(role) => change({ role: role as Role })}
        options={roles.map((role) => ({ value: role, label: t(`import.role.${role}`) }))}
      />
      {has.property ? (
        <Choice
          label={t('figure.property')}
          value={column.property ?? ''}
          onChange={(property) => change({ property })}
          options={[
            { value: '', label: t('import.fromPropertyColumn') },
            ...(column.property && !known
              ? [{ value: column.property, label: t('import.newProperty', { code: column.property }) }]
              : []),
            ...(properties.data ?? []).map((p) => ({ value: p.code, label: nameIn(p.name, lang) })),
          ]}
        />
      ) : null}
      {has.number ? (
        <Choice
          label={t('import.decimal')}
          value={column.decimal ?? ''}
          onChange={(decimal) => change({ decimal: decimal === '' ? undefined : (decimal as '.' | ',') })}
          options={[
            { value: '', label: t('import.decimalByNode') },
            { value: ',', label: '1.234,5' },
            { value: '.', label: '1,234.5' },
          ]}
        />
      ) : null}
      {has.date ? (
        <Choice
          label={t('import.date')}
          value={column.date ?? ''}
          onChange={(date) => change({ date: dates.find((d) => d === date) })}
          options={[
            { value: '', label: t('import.decimalByNode') },
            ...dates.map((date) => ({ value: date, label: t(`import.dates.${date}`) })),
          ]}
        />
      ) : null}
    </div>
  )
}

function WholeText(props: { label: string; hint: string; value: string; save: (value: string) => void }) {
  return (
    <TextInput
      className={styles.text}
      label={props.label}
      placeholder={props.hint}
      defaultValue={props.value}
      onBlur={(event) => {
        const value = event.currentTarget.value.trim()
        if (value !== props.value) props.save(value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
    />
  )
}
