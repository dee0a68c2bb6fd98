import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { PageHead } from './page-head.tsx'

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t('notFound.title')} lead={t('notFound.lead')} />
      <Link href="/">{t('notFound.home')}</Link>
    </>
  )
}
