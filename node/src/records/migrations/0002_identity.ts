import type { Migration } from './migration.ts'

/**
 * Organisations with history, people, rights, logins.
 *
 * `unit` — an organisation: administrative (nation, province, district, commune) or another (ministry, department,
 * office …). `id` = `urn:nhip:unit:<code>@<valid_from>`, which is also its entity id; codes are reused, so `code`
 * alone names a unit only together with a day. `valid_to` is the first day on which it no longer exists (half-open),
 * null while it does. `level`: 0 nation, 1 province, 2 district, 3 commune; null for other organisations.
 *
 * `unit_name` — names and designations (`type`: tỉnh, thành phố, phường, xã, đặc khu) by language and period.
 * `sort_key` (vi-order.ts) gives the Vietnamese order under `COLLATE "C"`; `fold` is territory's name key.
 * `unit_parent` — who belongs to whom, by period. `unit_edge` — succession; `share` null = not published.
 * `unit_alias` — another code or name in use for the unit that bears `unit_code`, while it is valid.
 *
 * `user_account` (a `user` in SQL is the database's own) — `username` is stored in lower case; `password_hash` is the
 * scrypt string, null for accounts that sign in elsewhere. `membership` — role at a unit and below it, `unit_id` null =
 * the whole node; half-open period of civil days. `role` and `role_permission` are data, filled by identity.
 * `token.hash` and `login.id_hash` are SHA-256 of the secret; `token.prefix` shows its first characters.
 */
export const migration: Migration = {
  name: '0002_identity',
  sql: `
CREATE TABLE unit (
  id         text PRIMARY KEY CHECK (id = 'urn:nhip:unit:' || code || '@' || valid_from::text),
  code       text NOT NULL CHECK (code <> ''),
  kind       text NOT NULL,
  level      smallint CHECK (level BETWEEN 0 AND 3),
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to > valid_from),
  lon        double precision CHECK (lon BETWEEN -180 AND 180),
  lat        double precision CHECK (lat BETWEEN -90 AND 90),
  attributes jsonb NOT NULL DEFAULT '{}',
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (code, valid_from)
);
CREATE UNIQUE INDEX unit_open_code ON unit (code) WHERE valid_to IS NULL;
CREATE INDEX unit_level ON unit (level, valid_from);

CREATE TABLE unit_name (
  unit_id    text NOT NULL REFERENCES unit (id),
  lang       text NOT NULL CHECK (lang IN ('vi', 'en')),
  name       text NOT NULL CHECK (name <> ''),
  type       text,
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to > valid_from),
  sort_key   text COLLATE "C" NOT NULL,
  fold       text NOT NULL,
  PRIMARY KEY (unit_id, lang, valid_from)
);
CREATE INDEX unit_name_fold ON unit_name (fold);
CREATE INDEX unit_name_order ON unit_name (lang, sort_key);

CREATE TABLE unit_parent (
  child_id   text NOT NULL REFERENCES unit (id),
  parent_id  text NOT NULL REFERENCES unit (id) CHECK (parent_id <> child_id),
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to > valid_from),
  PRIMARY KEY (child_id, parent_id, valid_from)
);
CREATE INDEX unit_parent_parent ON unit_parent (parent_id, valid_from);

CREATE TABLE unit_edge (
  from_id text NOT NULL REFERENCES unit (id),
  to_id   text NOT NULL REFERENCES unit (id) CHECK (to_id <> from_id),
  kind    text NOT NULL CHECK (kind IN ('rename', 'merge', 'split', 'transfer')),
  date    date NOT NULL,
  share   numeric CHECK (share >= 0 AND share <= 1),
  basis   text NOT NULL,
  PRIMARY KEY (from_id, to_id, date)
);
CREATE INDEX unit_edge_to ON unit_edge (to_id);

CREATE TABLE unit_alias (
  id         uuid PRIMARY KEY,
  source     text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('code', 'name')),
  alias      text NOT NULL,
  fold       text NOT NULL,
  unit_code  text NOT NULL,
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to > valid_from),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, alias, unit_code, valid_from)
);
CREATE INDEX unit_alias_fold ON unit_alias (fold);

CREATE TABLE user_account (
  id                  uuid PRIMARY KEY,
  username            text NOT NULL UNIQUE CHECK (username = lower(username) AND username <> ''),
  display_name        text NOT NULL,
  email               text,
  lang                text NOT NULL DEFAULT 'vi' CHECK (lang IN ('vi', 'en')),
  password_hash       text,
  password_changed_at timestamptz,
  failed_attempts     integer NOT NULL DEFAULT 0,
  locked_until        timestamptz,
  demo                boolean NOT NULL DEFAULT false,
  version             integer NOT NULL DEFAULT 1,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  disabled_at         timestamptz
);

CREATE TABLE role (
  code       text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9-]*$'),
  name_vi    text NOT NULL,
  name_en    text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  retired_at timestamptz
);

CREATE TABLE role_permission (
  role_code  text NOT NULL REFERENCES role (code),
  permission text NOT NULL,
  PRIMARY KEY (role_code, permission)
);

CREATE TABLE membership (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES user_account (id),
  unit_id    text REFERENCES unit (id),
  role_code  text NOT NULL REFERENCES role (code),
  valid_from date NOT NULL,
  valid_to   date CHECK (valid_to > valid_from),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX membership_once ON membership (user_id, coalesce(unit_id, ''), role_code, valid_from);
CREATE INDEX membership_unit ON membership (unit_id);

CREATE TABLE token (
  id           uuid PRIMARY KEY,
  hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  prefix       text NOT NULL,
  user_id      uuid NOT NULL REFERENCES user_account (id),
  name         text NOT NULL,
  scopes       text[] NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX token_user ON token (user_id);

CREATE TABLE login (
  id_hash    bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
  user_id    uuid NOT NULL REFERENCES user_account (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  address    text,
  agent      text
);
CREATE INDEX login_user ON login (user_id);
CREATE INDEX login_expiry ON login (expires_at);

CREATE TABLE external_identity (
  issuer     text NOT NULL,
  subject    text NOT NULL,
  user_id    uuid NOT NULL REFERENCES user_account (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identity_user ON external_identity (user_id);
`,
}
