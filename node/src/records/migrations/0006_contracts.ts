import type { Migration } from './migration.ts'

/**
 * Contracts of datasets in full, and what their rules find.
 *
 * `dataset` — `arrival` = what the order and time of arrival are judged by `{lateAfterS, futureAfterS, clockSkew}`;
 * `freshness` = the promise `{kind: 'interval', everyS, …}` or `{kind: 'calendar', period, dueIn, count, …}`;
 * `quality` = FEEL rules as before. `dataset_property.contract` = the terms of one property in this dataset.
 *
 * `dataset_contract` — every version that was saved, whole, under the version of the dataset's row it made.
 *
 * `finding` — `seq` is the row in the store of observations that a rule spoke of, with the fact's place in its series
 * beside it, so that it can be found without the store; one finding a row and rule.
 */
export const migration: Migration = {
  name: '0006_contracts',
  sql: `
ALTER TABLE dataset ADD COLUMN arrival jsonb NOT NULL DEFAULT '{}';
UPDATE dataset SET freshness = jsonb_build_object('kind', 'interval', 'everyS', freshness -> 'expectedEveryS')
WHERE freshness -> 'expectedEveryS' IS NOT NULL;

CREATE TABLE dataset_contract (
  dataset_code text NOT NULL REFERENCES dataset (code),
  version      integer NOT NULL,
  contract     jsonb NOT NULL,
  reason       text,
  saved_by     text NOT NULL,
  saved_at     timestamptz NOT NULL,
  PRIMARY KEY (dataset_code, version)
);

ALTER TABLE finding ADD COLUMN seq bigint;
ALTER TABLE finding ADD COLUMN breakdown text;
ALTER TABLE finding ADD COLUMN valid_from timestamptz;
ALTER TABLE finding ADD COLUMN valid_to timestamptz;
CREATE UNIQUE INDEX finding_of_row ON finding (seq, rule) WHERE seq IS NOT NULL;
`,
}
