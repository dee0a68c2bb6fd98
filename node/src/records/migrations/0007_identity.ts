import type { Migration } from './migration.ts'

/**
 * Rights by unit, tokens that are cut down, requests that take two persons, sign-in that is slowed down.
 *
 * `token.unit_id` — the token is good for this unit and below it alone; `token.datasets` — for these datasets alone.
 *
 * `approval` — what one person asked for and another, different one decides. `change` is what will be applied, in the
 * shape of its action; `unit_id` is the unit the target belongs to, null = the whole node. `applying` lasts while it is
 * being carried out; a start finds what a crash left there and marks it failed.
 *
 * `sign_in_throttle` — wrong passwords by key (a device, an address with a name, an address, a name); rows are dropped
 * a day after the last one. The counters on `user_account` go: they let anybody lock somebody else out.
 *
 * `idempotency_key.request_id` — the request that works under the key. The audit rows of its transaction bear the same
 * id, so a key whose process died tells whether the work was committed.
 *
 * Officers, duty officers, approvers and analysts read restricted data of their own subtree; before, rights did not
 * know units, and these roles had none on restricted data.
 */
export const migration: Migration = {
  name: '0007_identity',
  sql: `
ALTER TABLE token ADD COLUMN unit_id text REFERENCES unit (id);
ALTER TABLE token ADD COLUMN datasets text[];

CREATE TABLE approval (
  id              uuid PRIMARY KEY,
  action          text NOT NULL,
  target          text NOT NULL,
  unit_id         text REFERENCES unit (id),
  change          jsonb NOT NULL,
  reason          text NOT NULL CHECK (reason <> ''),
  requested_by    uuid NOT NULL REFERENCES user_account (id),
  requested_at    timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL CHECK (expires_at > requested_at),
  state           text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'applying', 'applied', 'rejected', 'withdrawn', 'expired', 'failed')),
  decided_by      uuid REFERENCES user_account (id) CHECK (decided_by <> requested_by OR state = 'withdrawn'),
  decided_at      timestamptz,
  decision_reason text,
  problem         jsonb,
  CHECK (state IN ('pending', 'expired') OR decided_at IS NOT NULL)
);
CREATE INDEX approval_state ON approval (state, id);
CREATE UNIQUE INDEX approval_once ON approval (action, target) WHERE state IN ('pending', 'applying');

CREATE TABLE sign_in_throttle (
  key        text PRIMARY KEY,
  failed     integer NOT NULL,
  waits_till timestamptz,
  last_at    timestamptz NOT NULL
);
CREATE INDEX sign_in_throttle_last ON sign_in_throttle (last_at);
ALTER TABLE user_account DROP COLUMN failed_attempts;
ALTER TABLE user_account DROP COLUMN locked_until;

ALTER TABLE idempotency_key ADD COLUMN request_id text;

INSERT INTO role_permission (role_code, permission)
  SELECT code, 'restricted.read' FROM role WHERE code IN ('officer', 'duty-officer', 'approver', 'analyst')
  ON CONFLICT DO NOTHING;
INSERT INTO role_permission (role_code, permission)
  SELECT code, 'roles.write' FROM role WHERE code = 'administrator'
  ON CONFLICT DO NOTHING;
`,
}
