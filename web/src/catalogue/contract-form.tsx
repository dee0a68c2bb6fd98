import { useDebouncedValue } from '@mantine/hooks'
import type { ContractItem, DatasetContract, DatasetItem } from '@nhip/node/catalogue/contract'
import type { ProblemDocument } from '@nhip/node/http/contract'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AskApproval } from '../admin/ask-approval.tsx'
import { ApiError, send } from '../api/client.ts'
import { language } from '../i18n/language.ts'
import { UnitSelect } from '../identity/unit-select.tsx'
import { unitName, useUnit } from '../identity/units.ts'
import { Button, Choice, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './contract-form.module.css'
import { DurationField } from './duration-field.tsx'
import { ProblemsByPlace } from './pointer.ts'
import { PromiseFields } from './promise-fields.tsx'
import { PropertyFields } from './property-fields.tsx'
import { RuleFields } from './rule-fields.tsx'

const classes = ['open', 'shared', 'restricted'] as const
type Problems = ProblemDocument['errors']

/** A contract being changed. The node checks the draft while it is written; what is wrong is said at its field. */
export function ContractForm(props: { dataset: DatasetItem; contract: ContractItem; onDone: () => void }) {
  const { t } = useTranslation()
  const lang = language()
  const queries = useQueryClient()
  const { dataset: code, version } = props.contract
  const [stored] = useState(() => termsOf(props.contract))
  const [draft, setDraft] = useState<DatasetContract>(stored)
  const [reason, setReason] = useState('')
  const path = `/api/datasets/${encodeURIComponent(code)}/contract`
  const [settled] = useDebouncedValue(draft, 400)
  const check = useQuery({
    queryKey: ['contract', code, 'check', settled],
    enabled: settled !== stored,
    placeholderData: keepPreviousData,
    gcTime: 0,
    queryFn: () => problemsOf(() => send<{ errors: Problems }>('POST', `${path}/check`, settled)),
  })
  const save = useMutation({
    mutationFn: () =>
      send('PUT', path, reason.trim() === '' ? draft : { ...draft, reason: reason.trim() }, version),
    onSuccess: async () => {
      await Promise.all(
        ['contract', 'datasets', 'freshness'].map((list) => queries.invalidateQueries({ queryKey: [list] })),
      )
      props.onDone()
    },
  })
  const refused = save.error instanceof ApiError ? (save.error.problem?.errors ?? []) : []
  const problems = new ProblemsByPlace(draft === settled && refused.length > 0 ? refused : (check.data ?? []))
  const set = (part: Partial<DatasetContract>) => {
    setDraft({ ...draft, ...part })
    save.reset()
  }
  const owner = useUnit(draft.owner)
  const left = problems.elsewhere(['/owner', '/licence', '/arrival', '/freshness', '/properties', '/rules'])
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Panel
        title={t('catalogue.contract.editing', { version })}
        note={
          <Button kind="quiet" onClick={props.onDone}>
            {t('catalogue.contract.discard')}
          </Button>
        }
      >
        <div className={styles.fields}>
          <UnitSelect
            label={t('catalogue.owner')}
            value={draft.owner ?? ''}
            name={owner.data ? unitName(owner.data) : (draft.owner ?? '')}
            whole={false}
            onChange={(unit) => set({ owner: unit })}
          />
          <Choice
            label={t('catalogue.classTitle')}
            value={draft.class}
            onChange={(to) => set({ class: to as DatasetContract['class'] })}
            options={classes.map((one) => ({ value: one, label: t(`catalogue.class.${one}`) }))}
          />
          <TextField
            label={t('catalogue.licence')}
            value={draft.licence ?? ''}
            onChange={(to) => set({ licence: to === '' ? null : to })}
            maxLength={300}
            problem={problems.words('/licence', lang)}
          />
        </div>
        <p className={styles.checks}>
          <label>
            <input
              type="checkbox"
              checked={draft.personal}
              onChange={(event) => set({ personal: event.currentTarget.checked })}
            />
            {t('catalogue.personal')}
          </label>
          <label>
            <input
              type="checkbox"
              checked={draft.autoCreate}
              onChange={(event) => set({ autoCreate: event.currentTarget.checked })}
            />
            {t('catalogue.contract.autoCreate')}
          </label>
        </p>
        {problems.words('/owner', lang) ? (
          <p className={styles.problem}>{problems.words('/owner', lang)}</p>
        ) : null}
      </Panel>
      <Panel title={t('figure.expected')}>
        <PromiseFields
          value={draft.freshness}
          problems={problems}
          onChange={(freshness) => set({ freshness })}
        />
        <div className={styles.fields}>
          <DurationField
            label={t('catalogue.contract.lateAfter')}
            value={draft.arrival.lateAfterS}
            problem={problems.words('/arrival/lateAfterS', lang)}
            onChange={(lateAfterS) => set({ arrival: { ...draft.arrival, lateAfterS } })}
          />
          <DurationField
            label={t('catalogue.contract.futureAfter')}
            value={draft.arrival.futureAfterS}
            problem={problems.words('/arrival/futureAfterS', lang)}
            onChange={(futureAfterS) => set({ arrival: { ...draft.arrival, futureAfterS } })}
          />
          <DurationField
            label={t('catalogue.contract.clockDrift')}
            value={draft.arrival.clockSkew?.driftS}
            problem={problems.words('/arrival/clockSkew/driftS', lang)}
            onChange={(driftS) =>
              set({
                arrival: {
                  ...draft.arrival,
                  clockSkew: driftS === undefined ? undefined : { ...draft.arrival.clockSkew, driftS },
                },
              })
            }
          />
        </div>
      </Panel>
      <PropertyFields
        codes={props.dataset.properties}
        value={draft.properties}
        problems={problems}
        onChange={(properties) => set({ properties })}
      />
      <RuleFields value={draft.rules} problems={problems} onChange={(rules) => set({ rules })} />
      <Panel title={t('catalogue.contract.save')}>
        <div className={styles.save}>
          <TextField
            label={t('catalogue.contract.reason')}
            value={reason}
            onChange={setReason}
            maxLength={1000}
            hint={t('catalogue.contract.reasonHint')}
          />
          {left.length > 0 ? (
            <ul className={styles.problem}>
              {left.map((problem) => (
                <li key={`${problem.path} ${problem.code}`}>
                  {problem.path} {problem.message[lang]}
                </li>
              ))}
            </ul>
          ) : null}
          {refused.length > 0 ? null : (
            <AskApproval
              error={save.error}
              wanted={{
                action: 'dataset.open',
                target: code,
                change: {
                  ...(draft.class === stored.class ? {} : { class: draft.class }),
                  ...(draft.personal === stored.personal ? {} : { personal: draft.personal }),
                },
              }}
            />
          )}
          <p className={styles.actions}>
            <Button type="submit" kind="strong" busy={save.isPending} disabled={draft === stored}>
              {t('catalogue.contract.saveNow')}
            </Button>
            <span role="status" className={styles.verdict}>
              {draft === stored
                ? t('catalogue.contract.unchanged')
                : problems.within('') > 0
                  ? t('catalogue.contract.problems', { count: problems.within('') })
                  : check.isSuccess
                    ? t('catalogue.contract.sound')
                    : ''}
            </span>
          </p>
        </div>
      </Panel>
    </form>
  )
}

/** The contract without what only the node writes. */
function termsOf({ dataset: _dataset, version: _version, ...terms }: ContractItem): DatasetContract {
  return terms
}

/** The problems of a draft; a draft whose very shape is wrong is refused, and its problems are in the refusal. */
async function problemsOf(ask: () => Promise<{ errors: Problems }>): Promise<Problems> {
  try {
    return (await ask()).errors
  } catch (error) {
    if (error instanceof ApiError && error.problem && error.problem.errors.length > 0)
      return error.problem.errors
    throw error
  }
}
