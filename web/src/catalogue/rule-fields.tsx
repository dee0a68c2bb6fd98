import type { QualityRule } from '@nhip/node/catalogue/contract'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { Button, Choice, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './contract-form.module.css'
import { FeelField } from './feel-field.tsx'
import type { ProblemsByPlace } from './pointer.ts'

const severities = ['error', 'warning', 'info'] as const

/** A dataset's own rules, each a FEEL condition under which a value is doubted. */
export function RuleFields(props: {
  value: readonly QualityRule[]
  problems: ProblemsByPlace
  onChange: (rules: QualityRule[]) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { value, problems, onChange } = props
  const set = (at: number, part: Partial<QualityRule>) =>
    onChange(value.map((rule, i) => (i === at ? { ...rule, ...part } : rule)))
  return (
    <Panel title={t('catalogue.contract.rules')}>
      <p className={styles.explain}>{t('catalogue.rule.explain')}</p>
      {value.map((rule, at) => {
        const problem = (path: string) => problems.words(`/rules/${at}/${path}`, lang)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place, its code is being written
          <fieldset key={at} className={styles.rule}>
            <legend>{t('catalogue.rule.title', { n: at + 1 })}</legend>
            <div className={styles.fields}>
              <TextField
                label={t('catalogue.rule.code')}
                value={rule.code}
                onChange={(code) => set(at, { code })}
                maxLength={60}
                spellCheck={false}
                autoCapitalize="none"
                hint={t('catalogue.rule.codeHint')}
                problem={problem('code')}
                required
              />
              <Choice
                label={t('catalogue.rule.severity')}
                value={rule.severity}
                onChange={(severity) => set(at, { severity: severity as QualityRule['severity'] })}
                options={severities.map((one) => ({
                  value: one,
                  label: t(`catalogue.rule.severities.${one}`),
                }))}
              />
            </div>
            <FeelField
              label={t('catalogue.rule.when')}
              value={rule.when}
              problems={problems.at(`/rules/${at}/when`)}
              onChange={(when) => set(at, { when })}
            />
            <div className={styles.fields}>
              {(['vi', 'en'] as const).map((of) => (
                <TextField
                  key={of}
                  label={t(`catalogue.rule.messageIn.${of}`)}
                  value={rule.message[of]}
                  onChange={(text) => set(at, { message: { ...rule.message, [of]: text } })}
                  problem={problem(`message/${of}`)}
                  required={of === 'vi'}
                />
              ))}
            </div>
            {problems.words(`/rules/${at}`, lang) ? (
              <p className={styles.problem}>{problems.words(`/rules/${at}`, lang)}</p>
            ) : null}
            <p>
              <Button kind="quiet" onClick={() => onChange(value.filter((_, i) => i !== at))}>
                {t('catalogue.rule.remove', { n: at + 1 })}
              </Button>
            </p>
          </fieldset>
        )
      })}
      <Button
        onClick={() =>
          onChange([...value, { code: '', when: '', severity: 'warning', message: { vi: '', en: '' } }])
        }
      >
        {t('catalogue.rule.add')}
      </Button>
    </Panel>
  )
}
