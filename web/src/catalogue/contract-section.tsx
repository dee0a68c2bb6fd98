import type { ContractItem, DatasetItem } from '@nhip/node/catalogue/contract'
import { useTranslation } from 'react-i18next'
import { useMe } from '../identity/me.ts'
import { Button } from '../shell/controls.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { ContractForm } from './contract-form.tsx'
import { ContractVersions } from './contract-versions.tsx'
import { ContractView } from './contract-view.tsx'
import styles from './dataset-page.module.css'
import { useContract } from './queries.ts'

/** What a dataset promises and is judged by: read, changed, and how it came to be so. */
export function ContractSection({ dataset }: { dataset: DatasetItem }) {
  const contract = useContract(dataset.code)
  return (
    <>
      <Fetched query={contract}>{(found) => <Contract dataset={dataset} contract={found} />}</Fetched>
      <ContractVersions dataset={dataset.code} />
    </>
  )
}

function Contract({ dataset, contract }: { dataset: DatasetItem; contract: ContractItem }) {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const me = useMe()
  const may = me.data?.permissions.includes('catalogue.write') ?? false
  if (may && view.has('edit')) {
    return (
      <ContractForm
        key={contract.version}
        dataset={dataset}
        contract={contract}
        onDone={() => change({ edit: null })}
      />
    )
  }
  return (
    <ContractView
      contract={contract}
      note={
        may ? (
          <Button kind="strong" onClick={() => change({ edit: '1' }, { step: true })}>
            {t('catalogue.contract.edit')}
          </Button>
        ) : (
          <span className={styles.note}>{t('catalogue.contract.readOnly')}</span>
        )
      }
    />
  )
}
