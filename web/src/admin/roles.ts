import type { RoleItem } from '@nhip/node/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'

/** All roles with what each allows. */
export function useRoles() {
  return useQuery({
    queryKey: ['roles'],
    queryFn: async ({ signal }) => (await read<Page<RoleItem>>('/api/roles', {}, signal)).items,
  })
}

/** A role in words; its code until the node has answered. */
export function useRoleName(): (code: string) => string {
  const roles = useRoles()
  return (code) => {
    const found = roles.data?.find((role) => role.code === code)
    return found ? nameIn(found.name, language()) : code
  }
}
