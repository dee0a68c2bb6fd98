import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { Page } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { PermissionItem, RoleItem } from './contract.ts'
import type { FourEyes } from './four-eyes.ts'
import type { Identity } from './identity.ts'
import { permissionNames } from './permissions.ts'
import { addedBy, changeRole, demandPermissions, readRolesOf, roleOf } from './roles.ts'

const closed = { additionalProperties: false } as const

/** Roles and what they allow: one list for the whole node. */
export function roleRoutes({ identity, fourEyes }: { identity: Identity; fourEyes: FourEyes }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/permissions',
      summary: 'What a role may allow',
      permission: 'signed-in',
      responses: { 200: { description: 'All permissions', body: Page(PermissionItem) } },
      handle: () => ({
        status: 200,
        body: {
          items: Object.entries(permissionNames).map(([code, name]) => ({ code, name })),
          nextCursor: null,
        },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/roles',
      summary: 'Roles and what they allow',
      permission: 'signed-in',
      responses: { 200: { description: 'All roles', body: Page(RoleItem) } },
      handle: async () => ({ status: 200, body: { items: await readRolesOf(identity), nextCursor: null } }),
    }),
    route({
      method: 'PUT',
      path: '/api/roles/{code}',
      summary: 'Say what a role allows, at once for everybody who holds it',
      params: Type.Object({ code: Type.String({ maxLength: 60 }) }),
      body: Type.Object({ permissions: Type.Array(Type.String(), { maxItems: 100 }) }, closed),
      permission: 'roles.write',
      audit: 'role.change',
      responses: { 200: { description: 'The role', body: RoleItem } },
      async handle({ params, body, caller, actor, ifMatch }) {
        if (!caller.holds('roles.write', null))
          throw refuse(403, 'whole-node-only', { params: { permission: 'roles.write' } })
        const role = await roleOf(identity, params.code)
        ifMatch(role.version, role)
        demandPermissions(role.code, body.permissions)
        if (addedBy(role, body.permissions).length > 0) await fourEyes.demand(caller, 'role.widen', null)
        await changeRole(identity, actor, role, body.permissions)
        const changed = await roleOf(identity, params.code)
        return { status: 200, body: changed, headers: { etag: etag(changed.version) } }
      },
    }),
  ]
}
