/** The parts of the administration, each with the permission that opens it; `null` for everybody who is signed in. */
export const sections = [
  { name: 'units', needs: null },
  { name: 'users', needs: 'users.read' },
  { name: 'roles', needs: null },
  { name: 'tokens', needs: 'tokens.write' },
  { name: 'approvals', needs: null },
  { name: 'jobs', needs: 'jobs.read' },
  { name: 'audit', needs: 'audit.read' },
] as const
export type SectionName = (typeof sections)[number]['name']

/** What makes somebody an administrator of something, so that the page stands in the navigation. */
const administering = [
  'users.read',
  'users.write',
  'roles.write',
  'audit.read',
  'units.write',
  'jobs.cancel',
  'decisions.approve',
]

/** Whether the administration stands in the navigation. By its address it opens for everybody who is signed in. */
export function administers(permissions: readonly string[]): boolean {
  return permissions.some((permission) => administering.includes(permission))
}
