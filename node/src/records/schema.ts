import type { Agg } from '@nhip/measure/formula/definition'
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/**
 * The tables of the records as Kysely sees them; what the columns mean stands at the top of each migration.
 * Types on this side are those of `values.ts`: instants and civil dates are text, int8 and numeric are digits.
 */
export interface Database {
  migration: MigrationTable
  node_meta: NodeMetaTable
  audit: AuditTable
  job: JobTable
  idempotency_key: IdempotencyKeyTable
  blob: BlobTable
  unit: UnitTable
  unit_name: UnitNameTable
  unit_parent: UnitParentTable
  unit_edge: UnitEdgeTable
  unit_alias: UnitAliasTable
  user_account: UserAccountTable
  role: RoleTable
  role_permission: RolePermissionTable
  membership: MembershipTable
  token: TokenTable
  login: LoginTable
  external_identity: ExternalIdentityTable
  approval: ApprovalTable
  sign_in_throttle: SignInThrottleTable
  dataset: DatasetTable
  property: PropertyTable
  dataset_property: DatasetPropertyTable
  dataset_contract: DatasetContractTable
  entity: EntityTable
  entity_alias: EntityAliasTable
  import: ImportTable
  import_row_error: ImportRowErrorTable
  saved_mapping: SavedMappingTable
  finding: FindingTable
  ledger_index: LedgerIndexTable
  ledger_stamp: LedgerStampTable
  simulation: SimulationTable
}

/** ISO 8601 with offset. */
type Instant = string
/** `YYYY-MM-DD`. */
type CivilDate = string
/** int8 and numeric: a string of digits; a number or bigint is accepted on the way in. */
type Digits = ColumnType<string, string | number | bigint, string | number | bigint>
type DigitsNull = ColumnType<
  string | null,
  string | number | bigint | null | undefined,
  string | number | bigint | null
>
type DigitsDefault = ColumnType<string, string | number | bigint | undefined, string | number | bigint>
/** jsonb: parsed on the way out, `jsonText(value)` on the way in. */
type Json<T = unknown> = ColumnType<T, string, string>
type JsonDefault<T = unknown> = ColumnType<T, string | undefined, string>
type JsonNull<T = unknown> = ColumnType<T | null, string | null | undefined, string | null>

interface Versioned {
  /** Grows by one with each change: the ETag. */
  version: Generated<number>
  created_at: Generated<Instant>
  updated_at: Generated<Instant>
}

export interface MigrationTable {
  name: GeneratedAlways<string>
  sha256: GeneratedAlways<string>
  applied_at: GeneratedAlways<Instant>
}

export interface NodeMetaTable {
  key: string
  value: Json
  updated_at: Generated<Instant>
}

/** Written by `tx.audit` alone. */
export interface AuditTable {
  id: GeneratedAlways<string>
  outbox: GeneratedAlways<string>
  at: GeneratedAlways<Instant>
  actor: GeneratedAlways<string>
  on_behalf: GeneratedAlways<string | null>
  action: GeneratedAlways<string>
  target_type: GeneratedAlways<string>
  target_id: GeneratedAlways<string>
  target_version: GeneratedAlways<string | null>
  before: GeneratedAlways<unknown>
  after: GeneratedAlways<unknown>
  result: GeneratedAlways<string>
  reason: GeneratedAlways<string | null>
  purpose: GeneratedAlways<string>
  legal_basis: GeneratedAlways<string | null>
  nonce: GeneratedAlways<Uint8Array>
  salt: GeneratedAlways<Uint8Array>
  request_id: GeneratedAlways<string | null>
  address: GeneratedAlways<string | null>
}

export type JobState = 'queued' | 'running' | 'done' | 'dead' | 'cancelled'

export interface JobTable {
  id: string
  kind: string
  key: string | null
  payload: JsonDefault
  state: Generated<JobState>
  run_at: Generated<Instant>
  attempts: Generated<number>
  max_attempts: Generated<number>
  locked_by: string | null
  locked_until: Instant | null
  done: DigitsDefault
  total: DigitsNull
  message: JsonNull
  result: JsonNull
  error: JsonNull
  cancel_requested: Generated<boolean>
  created_by: string
  created_at: Generated<Instant>
  finished_at: Instant | null
}

export interface IdempotencyKeyTable {
  actor: string
  route: string
  key: string
  body_hash: string
  status: number | null
  body: JsonNull
  request_id: string | null
  created_at: Generated<Instant>
  expires_at: Instant
}

export interface BlobTable {
  sha256: string
  bytes: Digits
  media_type: string
  created_at: Generated<Instant>
}

export interface UnitTable extends Versioned {
  id: string
  code: string
  kind: string
  level: number | null
  valid_from: CivilDate
  valid_to: CivilDate | null
  lon: number | null
  lat: number | null
  attributes: JsonDefault<Record<string, unknown>>
}

export interface UnitNameTable {
  unit_id: string
  lang: 'vi' | 'en'
  name: string
  type: string | null
  valid_from: CivilDate
  valid_to: CivilDate | null
  sort_key: string
  fold: string
}

export interface UnitParentTable {
  child_id: string
  parent_id: string
  valid_from: CivilDate
  valid_to: CivilDate | null
  act: Generated<string | null>
}

export interface UnitEdgeTable {
  from_id: string
  to_id: string
  kind: 'rename' | 'merge' | 'split' | 'transfer'
  date: CivilDate
  share: DigitsNull
  basis: string
  act: Generated<string | null>
}

export interface UnitAliasTable {
  id: string
  source: string
  kind: 'code' | 'name'
  alias: string
  fold: string
  unit_code: string
  valid_from: string
  valid_to: string | null
  created_at: Generated<Instant>
}

export interface UserAccountTable extends Versioned {
  id: string
  username: string
  display_name: string
  email: string | null
  lang: Generated<'vi' | 'en'>
  password_hash: string | null
  password_changed_at: Instant | null
  demo: Generated<boolean>
  disabled_at: Instant | null
}

export interface RoleTable {
  code: string
  name_vi: string
  name_en: string
  version: Generated<number>
  retired_at: Instant | null
}

export interface RolePermissionTable {
  role_code: string
  permission: string
}

export interface MembershipTable {
  id: string
  user_id: string
  unit_id: string | null
  role_code: string
  valid_from: CivilDate
  valid_to: CivilDate | null
  created_at: Generated<Instant>
}

export interface TokenTable {
  id: string
  hash: Uint8Array
  prefix: string
  user_id: string
  name: string
  scopes: string[]
  created_at: Generated<Instant>
  expires_at: Instant | null
  last_used_at: Instant | null
  revoked_at: Instant | null
  unit_id: string | null
  datasets: string[] | null
}

export interface LoginTable {
  id_hash: Uint8Array
  user_id: string
  created_at: Generated<Instant>
  seen_at: Generated<Instant>
  expires_at: Instant
  address: string | null
  agent: string | null
}

export interface ExternalIdentityTable {
  issuer: string
  subject: string
  user_id: string
  created_at: Generated<Instant>
}

export interface ApprovalTable {
  id: string
  action: string
  target: string
  unit_id: string | null
  change: Json<Record<string, unknown>>
  reason: string
  requested_by: string
  requested_at: Instant
  expires_at: Instant
  state: Generated<string>
  decided_by: string | null
  decided_at: Instant | null
  decision_reason: string | null
  problem: JsonNull
  before: JsonNull
}

export interface SignInThrottleTable {
  key: string
  failed: number
  waits_till: Instant | null
  last_at: Instant
}

export interface DatasetTable extends Versioned {
  code: string
  name_vi: string
  name_en: string
  description_vi: string | null
  description_en: string | null
  owner_unit_id: string | null
  class: 'open' | 'shared' | 'restricted'
  personal: Generated<boolean>
  synthetic: Generated<boolean>
  licence: string | null
  source: string | null
  source_url: string | null
  contact: string | null
  schema: JsonNull
  quality: JsonDefault<unknown[]>
  arrival: JsonDefault<Record<string, unknown>>
  freshness: JsonNull
  auto_create: Generated<boolean>
  attributes: JsonDefault<Record<string, unknown>>
  retired_at: Instant | null
}

export interface PropertyTable extends Versioned {
  code: string
  name_vi: string
  name_en: string
  description_vi: string | null
  description_en: string | null
  kind: 'number' | 'text' | 'ratio' | 'money'
  uom: string | null
  decimals: number | null
  over_periods: Agg
  over_units: Agg
  weight_property: string | null
  preferred_dataset: string | null
  hard_min: number | null
  hard_max: number | null
  soft_min: number | null
  soft_max: number | null
  quality: JsonDefault<Record<string, unknown>>
  attributes: JsonDefault<Record<string, unknown>>
  retired_at: Instant | null
}

export interface DatasetPropertyTable {
  dataset_code: string
  property_code: string
  contract: JsonDefault<Record<string, unknown>>
}

export interface DatasetContractTable {
  dataset_code: string
  version: number
  contract: Json
  reason: string | null
  saved_by: string
  saved_at: Instant
}

export interface EntityTable extends Versioned {
  id: string
  type: string
  name_vi: string
  name_en: string | null
  unit_id: string | null
  lon: number | null
  lat: number | null
  attributes: JsonDefault<Record<string, unknown>>
  sort_key: string
  fold: string
  retired_at: Instant | null
}

export interface EntityAliasTable {
  id: string
  source: string
  alias: string
  fold: string
  entity_id: string
  created_at: Generated<Instant>
}

export type ImportState = 'preview' | 'committing' | 'done' | 'failed' | 'cancelled' | 'undone'

export interface ImportTable extends Versioned {
  id: string
  dataset_code: string | null
  state: Generated<ImportState>
  file_name: string
  file_sha256: string | null
  file_bytes: Digits
  signature: string | null
  detected: JsonNull
  mapping: JsonNull
  options: JsonDefault
  rows: number | null
  accepted: Generated<number>
  unchanged: Generated<number>
  rejected: Generated<number>
  flagged: Generated<number>
  first_seq: DigitsNull
  last_seq: DigitsNull
  job_id: string | null
  error: JsonNull
  created_by: string
  committed_at: Instant | null
  undone_at: Instant | null
}

export interface ImportRowErrorTable {
  import_id: string
  n: number
  severity: Generated<'error' | 'warning' | 'info'>
  line: number | null
  column_name: string | null
  value: string | null
  code: string
  message_vi: string
  message_en: string
}

export interface SavedMappingTable {
  id: string
  signature: string
  dataset_code: string
  name: string | null
  mapping: Json
  created_by: string
  version: Generated<number>
  created_at: Generated<Instant>
  used_at: Generated<Instant>
}

export interface FindingTable {
  id: string
  dataset_code: string
  import_id: string | null
  /** Of the row it speaks of, for what a rule found in a stored value. */
  seq: Digits | null
  breakdown: string | null
  valid_from: Instant | null
  valid_to: Instant | null
  row: number | null
  column_name: string | null
  entity_id: string | null
  property_code: string | null
  rule: string
  severity: Generated<'error' | 'warning' | 'info'>
  value: string | null
  message_vi: string
  message_en: string
  created_at: Generated<Instant>
  resolved_at: Instant | null
}

export interface LedgerIndexTable {
  outbox: Digits
  log_index: Digits
}

export interface LedgerStampTable {
  size: Digits
  authority: string
  stamped_at: Instant
}

export interface SimulationTable {
  id: string
  policy: string
  title: string | null
  period: string
  request: Json
  bundle_sha256: string
  job_id: string
  state: Generated<'queued' | 'done' | 'failed'>
  problems: JsonDefault
  result_sha256: string | null
  certificate: JsonNull
  certificate_sha256: string | null
  created_by: string
  created_at: Instant
  finished_at: Instant | null
}
