import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'

interface PermissionItem {
  code: string
  name: { vi: string; en: string }
}

/** All permissions there are, with their names. */
export function usePermissions() {
  return useQuery({
    queryKey: ['permissions'],
    staleTime: 600_000,
    queryFn: async ({ signal }) => (await read<Page<PermissionItem>>('/api/permissions', {}, signal)).items,
  })
}

/** A permission in words; its code until the node has answered. */
export function usePermissionName(): (code: string) => string {
  const all = usePermissions()
  return (code) => {
    const found = all.data?.find((permission) => permission.code === code)
    return found ? nameIn(found.name, language()) : code
  }
}
