import { migration as records } from './0001_records.ts'
import { migration as identity } from './0002_identity.ts'
import { migration as catalogue } from './0003_catalogue.ts'
import { migration as ledger } from './0004_ledger.ts'
import { migration as policies } from './0005_policies.ts'
import { migration as contracts } from './0006_contracts.ts'
import { migration as rights } from './0007_identity.ts'
import { migration as imports } from './0008_imports.ts'
import { migration as changes } from './0009_changes.ts'
import type { Migration } from './migration.ts'

/** Every step in the order it runs. A new step goes to the end. */
export const allMigrations: readonly Migration[] = [
  records,
  identity,
  catalogue,
  ledger,
  policies,
  contracts,
  rights,
  imports,
  changes,
]
