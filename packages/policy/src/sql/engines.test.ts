import { duckdb } from './engines.fixture.ts'
import { describeRisks } from './risks.fixture.ts'

// Postgres takes seconds to start: it joins in the slow suite.
describeRisks('SQL on DuckDB', async () => [await duckdb()])
