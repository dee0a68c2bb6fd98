import { addDays } from '@nhip/calendar/civil-date'
import type { UnitItem } from '@nhip/node/identity/contract'
import type { Reorganised } from '@nhip/node/identity/reorganisation/contract'
import { kindName } from '@nhip/territory/unit-kind'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { civilDay, formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { UnitSelect } from '../identity/unit-select.tsx'
import { unitName } from '../identity/units.ts'
import { Button, Choice, DayField, Segments, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './admin-page.module.css'
import { kinds, type OrderDraft, stepsOf } from './order-draft.ts'

const nothing = { name: '', code: '', kind: '', parent: { id: '', name: '' }, others: [] }

/** A change of a unit as a legal act says: first shown, then carried out. */
export function UnitOrder({ unit, onClose }: { unit: UnitItem; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<OrderDraft>({
    do: 'rename',
    on: addDays(civilDay(Date.now()), 1),
    ...nothing,
  })
  const [act, setAct] = useState('')
  const [reason, setReason] = useState('')
  const steps = stepsOf(draft, unit.id, unit.parent)
  const order = useMutation({
    mutationFn: (dryRun: boolean) =>
      send<Reorganised>('POST', '/api/units/changes', {
        on: draft.on,
        act: act.trim(),
        steps,
        dryRun,
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      }),
    onSuccess: (_, dryRun) => (dryRun ? undefined : queries.invalidateQueries({ queryKey: ['units'] })),
  })
  const change = (to: Partial<OrderDraft>) => {
    setDraft({ ...draft, ...to })
    order.reset()
  }
  const shown = order.data && order.variables ? order.data : null
  return (
    <Panel
      title={t('admin.order.title', { name: unitName(unit) })}
      note={
        <Button kind="quiet" onClick={onClose}>
          {t('shell.close')}
        </Button>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          order.mutate(shown === null)
        }}
      >
        <Segments
          label={t('admin.order.what')}
          value={draft.do}
          options={(['rename', 'move', 'add', 'dissolve'] as const).map((value) => ({
            value,
            label: t(`admin.order.do.${value}`),
          }))}
          onChange={(to) => change({ ...nothing, do: to as OrderDraft['do'] })}
        />
        <p className={styles.lead}>{t(`admin.order.about.${draft.do}`)}</p>
        <What draft={draft} unit={unit} onChange={change} />
        <div className={styles.fields}>
          <DayField label={t('admin.order.on')} value={draft.on} onChange={(on) => change({ on })} />
          <TextField
            label={t('admin.order.act')}
            hint={t('admin.order.actHint')}
            value={act}
            maxLength={300}
            required
            onChange={(to) => {
              setAct(to)
              order.reset()
            }}
          />
          <TextField label={t('admin.reason')} value={reason} maxLength={500} onChange={setReason} />
        </div>
        {shown ? <Effect of={shown} /> : null}
        <Refusal error={order.error} />
        <p className={styles.actions}>
          <Button
            type="submit"
            kind="strong"
            busy={order.isPending}
            disabled={
              steps === null || act.trim().length < 3 || draft.on === '' || (order.isSuccess && !shown)
            }
          >
            {t(shown ? 'admin.order.carryOut' : 'admin.order.show')}
          </Button>
          <span role="status" className={styles.done}>
            {order.isSuccess && !shown ? t('admin.order.done') : ''}
          </span>
        </p>
      </form>
    </Panel>
  )
}

/** The fields of one of the four changes. */
function What(props: { draft: OrderDraft; unit: UnitItem; onChange: (to: Partial<OrderDraft>) => void }) {
  const { t } = useTranslation()
  const lang = language()
  const { draft, unit, onChange } = props
  if (draft.do === 'move') {
    const { parent } = draft
    return (
      <div className={styles.fields}>
        <UnitSelect
          label={t('admin.order.parent')}
          value={parent.id}
          name={parent.name}
          whole={false}
          onChange={(id, name) => onChange({ parent: { id, name } })}
        />
      </div>
    )
  }
  const keep = draft.do === 'rename'
  return (
    <>
      {draft.do === 'dissolve' ? <Others draft={draft} onChange={onChange} /> : null}
      <div className={styles.fields}>
        <TextField
          label={t(draft.do === 'dissolve' ? 'admin.order.heirName' : 'admin.order.name')}
          hint={t('admin.order.nameHint')}
          value={draft.name}
          maxLength={200}
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={t(draft.do === 'dissolve' ? 'admin.order.heirCode' : 'admin.units.code')}
          hint={keep ? t('admin.order.codeNow', { code: unit.code }) : undefined}
          value={draft.code}
          maxLength={40}
          onChange={(code) => onChange({ code })}
        />
        <Choice
          label={t('admin.units.kind')}
          value={draft.kind}
          options={[
            { value: '', label: t(keep ? 'admin.order.kindKept' : 'admin.order.office') },
            ...kinds.map((kind) => ({ value: kind, label: nameIn(kindName(kind), lang) })),
          ]}
          onChange={(kind) => onChange({ kind })}
        />
      </div>
    </>
  )
}

/** Units that end together with this one. */
function Others({ draft, onChange }: { draft: OrderDraft; onChange: (to: Partial<OrderDraft>) => void }) {
  const { t } = useTranslation()
  const { others } = draft
  return (
    <div>
      <UnitSelect
        label={t('admin.order.others')}
        value=""
        name=""
        whole={false}
        onChange={(id, name) =>
          others.some((one) => one.id === id) ? undefined : onChange({ others: [...others, { id, name }] })
        }
      />
      <ul className={styles.chosen}>
        {others.map(({ id, name }) => (
          <li key={id}>
            {name}
            <Button
              kind="quiet"
              aria-label={t('admin.tokens.without', { name })}
              onClick={() => onChange({ others: others.filter((one) => one.id !== id) })}
            >
              {t('admin.users.remove')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What an order would do, unit by unit. */
function Effect({ of }: { of: Reorganised }) {
  const { t } = useTranslation()
  const lang = language()
  const parts = (['began', 'ended', 'moved'] as const).filter((part) => of[part].length > 0)
  return (
    <div className={styles.card} role="status">
      {parts.map((part) => (
        <div key={part}>
          <h3>{t(`admin.order.${part}`, { count: of[part].length })}</h3>
          <ul className={styles.chosen}>
            {of[part].slice(0, 20).map((unit) => (
              <li key={unit.id}>
                {unitName(unit)} · <code>{unit.code}</code>
                {part === 'began' ? ` · ${formatPeriod(unit.validFrom, lang)}` : ''}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  )
}
