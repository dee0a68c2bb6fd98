import { SYSTEM } from '../records/contract.ts'
import type { Identity } from './identity.ts'
import { countUsers } from './store.ts'
import { type Applicant, addUser } from './users.ts'

/** Accounts of the demo. Their passwords are printed at every start, so the demo listens on this computer alone. */
export const demoAccounts: readonly Applicant[] = [
  {
    username: 'quantri',
    displayName: 'Quản trị (trình diễn)',
    password: 'trinh-dien-quantri',
    memberships: [{ unit: '*', role: 'administrator' }],
  },
  {
    username: 'canbo',
    displayName: 'Cán bộ (trình diễn)',
    password: 'trinh-dien-canbo',
    memberships: [{ unit: '*', role: 'officer' }],
  },
  {
    username: 'nguoixem',
    displayName: 'Người xem (trình diễn)',
    password: 'trinh-dien-nguoixem',
    memberships: [{ unit: '*', role: 'viewer' }],
  },
]

/** Makes the accounts of the demo at its first start. */
export async function addDemoAccounts(identity: Identity): Promise<void> {
  if ((await countUsers(identity.records)) > 0) return
  for (const account of demoAccounts) await addUser(identity, SYSTEM, { ...account, demo: true })
}
