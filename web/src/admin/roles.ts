import { useQuery } from '@tanstack/react-query'
import { readAll } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'

export interface RoleItem {
  code: string
  name: { vi: string; en: string }
  permissions: string[]
  version: number
  /** How many accounts hold it today. */
  holders: number
}

/** All roles with what each allows. */
export function useRoles() {
  return useQuery({ queryKey: ['roles'], queryFn: () => readAll<RoleItem>('/api/roles') })
}

/** A role in words; its code until the node has answered. */
export function useRoleName(): (code: string) => string {
  const roles = useRoles()
  return (code) => {
    const found = roles.data?.find((role) => role.code === code)
    return found ? nameIn(found.name, language()) : code
  }
}
