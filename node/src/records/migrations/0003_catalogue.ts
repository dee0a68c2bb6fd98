import type { Migration } from './migration.ts'

/**
 * What is measured, of what, by whom, how well; and the imports that bring it in.
 *
 * `dataset` — a contract. `class` open | shared | restricted, with the flag `personal`; `synthetic` marks simulated
 * data and follows them everywhere. `schema` = JSON Schema of a row, or null; `quality` = rules
 * `[{code, when, severity}]` (FEEL); `freshness` = `{expectedEvery, lateAfter, staleAfter, calendar}` as ISO 8601
 * durations; `auto_create` lets readings make entities. The codes of a dataset's properties are `dataset_property`,
 * whose `contract` overrides the property's built-in bits for this dataset.
 *
 * `property` — aggregation is declared here, once: `over_periods` and `over_units`; `weight_property` for
 * `weighted_mean`. `preferred_dataset` answers when a read names no dataset. `quality` = parameters of the built-in
 * bits beyond the ranges (`{rate, stuck, neighbour …}`).
 *
 * `entity` — `id` is a URN; `fold` and `sort_key` are computed from the Vietnamese name by the program.
 *
 * `import` — one file on its way in: preview → committing → done | failed | cancelled, later undone. `detected`,
 * `mapping`, `options` are the shapes of intake's contract. `first_seq`…`last_seq` bound the observations it wrote.
 * `import_row_error` — the row report, numbered in file order. `saved_mapping` — by signature of the columns.
 * `finding` — what no quality bit can carry: a blank or refused cell, the code of a custom rule.
 */
export const migration: Migration = {
  name: '0003_catalogue',
  sql: `
CREATE TABLE dataset (
  code           text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9:_.-]*$'),
  name_vi        text NOT NULL CHECK (name_vi <> ''),
  name_en        text NOT NULL CHECK (name_en <> ''),
  description_vi text,
  description_en text,
  owner_unit_id  text REFERENCES unit (id),
  class          text NOT NULL CHECK (class IN ('open', 'shared', 'restricted')),
  personal       boolean NOT NULL DEFAULT false CHECK (NOT (personal AND class = 'open')),
  synthetic      boolean NOT NULL DEFAULT false,
  licence        text,
  source         text,
  source_url     text,
  contact        text,
  schema         jsonb,
  quality        jsonb NOT NULL DEFAULT '[]',
  freshness      jsonb,
  auto_create    boolean NOT NULL DEFAULT false,
  attributes     jsonb NOT NULL DEFAULT '{}',
  version        integer NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  retired_at     timestamptz
);

CREATE TABLE property (
  code              text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9:_.-]*$'),
  name_vi           text NOT NULL CHECK (name_vi <> ''),
  name_en           text NOT NULL CHECK (name_en <> ''),
  description_vi    text,
  description_en    text,
  kind              text NOT NULL CHECK (kind IN ('number', 'text', 'ratio', 'money')),
  uom               text,
  decimals          smallint CHECK (decimals BETWEEN 0 AND 15),
  over_periods      text NOT NULL CHECK (over_periods IN ('sum', 'mean', 'weighted_mean', 'ratio', 'last', 'first', 'min', 'max', 'count', 'circular', 'none')),
  over_units        text NOT NULL CHECK (over_units IN ('sum', 'mean', 'weighted_mean', 'ratio', 'last', 'first', 'min', 'max', 'count', 'circular', 'none')),
  weight_property   text REFERENCES property (code),
  preferred_dataset text REFERENCES dataset (code),
  hard_min          double precision,
  hard_max          double precision CHECK (hard_max >= hard_min),
  soft_min          double precision,
  soft_max          double precision CHECK (soft_max >= soft_min),
  quality           jsonb NOT NULL DEFAULT '{}',
  attributes        jsonb NOT NULL DEFAULT '{}',
  version           integer NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  retired_at        timestamptz,
  CHECK (kind = 'text' OR uom IS NOT NULL)
);

CREATE TABLE dataset_property (
  dataset_code  text NOT NULL REFERENCES dataset (code),
  property_code text NOT NULL REFERENCES property (code),
  contract      jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (dataset_code, property_code)
);
CREATE INDEX dataset_property_property ON dataset_property (property_code);

CREATE TABLE entity (
  id         text PRIMARY KEY CHECK (id ~ '^urn:[a-zA-Z0-9][a-zA-Z0-9-]*:.'),
  type       text NOT NULL CHECK (type <> ''),
  name_vi    text NOT NULL CHECK (name_vi <> ''),
  name_en    text,
  unit_id    text REFERENCES unit (id),
  lon        double precision CHECK (lon BETWEEN -180 AND 180),
  lat        double precision CHECK (lat BETWEEN -90 AND 90),
  attributes jsonb NOT NULL DEFAULT '{}',
  sort_key   text COLLATE "C" NOT NULL,
  fold       text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE INDEX entity_order ON entity (type, sort_key, id);
CREATE INDEX entity_unit ON entity (unit_id);
CREATE INDEX entity_fold ON entity (fold);
CREATE INDEX entity_attributes ON entity USING gin (attributes jsonb_path_ops);

CREATE TABLE entity_alias (
  id         uuid PRIMARY KEY,
  source     text NOT NULL,
  alias      text NOT NULL,
  fold       text NOT NULL,
  entity_id  text NOT NULL REFERENCES entity (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, alias, entity_id)
);
CREATE INDEX entity_alias_fold ON entity_alias (fold);

CREATE TABLE import (
  id           uuid PRIMARY KEY,
  dataset_code text REFERENCES dataset (code),
  state        text NOT NULL DEFAULT 'preview' CHECK (state IN ('preview', 'committing', 'done', 'failed', 'cancelled', 'undone')),
  file_name    text NOT NULL,
  file_sha256  text REFERENCES blob (sha256),
  file_bytes   bigint NOT NULL,
  signature    text,
  detected     jsonb,
  mapping      jsonb,
  options      jsonb NOT NULL DEFAULT '{}',
  rows         integer,
  accepted     integer NOT NULL DEFAULT 0,
  unchanged    integer NOT NULL DEFAULT 0,
  rejected     integer NOT NULL DEFAULT 0,
  flagged      integer NOT NULL DEFAULT 0,
  first_seq    bigint,
  last_seq     bigint,
  job_id       uuid REFERENCES job (id),
  error        jsonb,
  created_by   text NOT NULL,
  version      integer NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  committed_at timestamptz,
  undone_at    timestamptz
);
CREATE INDEX import_dataset ON import (dataset_code, created_at);
CREATE INDEX import_created ON import (created_at);

CREATE TABLE import_row_error (
  import_id   uuid NOT NULL REFERENCES import (id),
  n           integer NOT NULL,
  severity    text NOT NULL DEFAULT 'error' CHECK (severity IN ('error', 'warning', 'info')),
  line        integer,
  column_name text,
  value       text,
  code        text NOT NULL,
  message_vi  text NOT NULL,
  message_en  text NOT NULL,
  PRIMARY KEY (import_id, n)
);

CREATE TABLE saved_mapping (
  id           uuid PRIMARY KEY,
  signature    text NOT NULL,
  dataset_code text NOT NULL REFERENCES dataset (code),
  name         text,
  mapping      jsonb NOT NULL,
  created_by   text NOT NULL,
  version      integer NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  used_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (signature, dataset_code)
);

CREATE TABLE finding (
  id            uuid PRIMARY KEY,
  dataset_code  text NOT NULL REFERENCES dataset (code),
  import_id     uuid REFERENCES import (id),
  row           integer,
  column_name   text,
  entity_id     text,
  property_code text,
  rule          text NOT NULL,
  severity      text NOT NULL DEFAULT 'warning' CHECK (severity IN ('error', 'warning', 'info')),
  value         text,
  message_vi    text NOT NULL,
  message_en    text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  resolved_at   timestamptz
);
CREATE INDEX finding_dataset ON finding (dataset_code, created_at);
CREATE INDEX finding_import ON finding (import_id, row);
`,
}
