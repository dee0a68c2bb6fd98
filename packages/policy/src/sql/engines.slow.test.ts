import { duckdb, postgres } from './engines.fixture.ts'
import { describeRisks } from './risks.fixture.ts'

describeRisks('SQL on DuckDB and Postgres', async () => [await duckdb(), await postgres()])
