import { TextInput } from '@mantine/core'
import type { DatasetItem } from '@nhip/node/catalogue/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { Button } from '../shell/controls.tsx'
import { Failure } from '../shell/states.tsx'
import { datasetCode } from './dataset-code.ts'
import styles from './new-dataset.module.css'
import { changesOf } from './use-import.ts'

/** Registers a dataset in one step, so that a first file needs no administrator. */
export function NewDataset({ importId, onMade }: { importId: string; onMade: (code: string) => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const code = datasetCode(name)
  const make = useMutation({
    mutationKey: changesOf(importId),
    mutationFn: () =>
      send<DatasetItem>('POST', '/api/datasets', {
        code,
        name: { vi: name.trim(), en: '' },
        autoCreate: true,
      }),
    onSuccess: async (made) => {
      setName('')
      onMade(made.code)
      await queries.invalidateQueries({ queryKey: ['datasets'] })
    },
  })
  return (
    <details className={styles.new}>
      <summary>{t('import.newDataset')}</summary>
      <div className={styles.form}>
        <TextInput
          label={t('import.newDatasetName')}
          description={code ? t('import.newDatasetCode', { code }) : undefined}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
        />
        <Button disabled={code === ''} busy={make.isPending} onClick={() => make.mutate()}>
          {t('import.newDatasetMake')}
        </Button>
      </div>
      {make.error ? <Failure error={make.error} /> : null}
    </details>
  )
}
