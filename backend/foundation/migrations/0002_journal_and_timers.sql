-- What happened, in order, for good: ids, enums, metres and ages; never a position, never a personal value.
CREATE TABLE foundation.journal_entry (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id uuid,
  seq         integer,
  event       text NOT NULL,
  at          timestamptz NOT NULL,
  kind        foundation.kind,
  centre_id   uuid,
  role        text NOT NULL,
  person_id   uuid,
  facts       jsonb NOT NULL,
  UNIQUE (incident_id, seq),
  CHECK ((incident_id IS NULL) = (seq IS NULL))
);
CREATE INDEX journal_entry_by_incident ON foundation.journal_entry (incident_id, id);
CREATE INDEX journal_entry_by_centre ON foundation.journal_entry (centre_id, id);

-- The global chain: each seal holds the digest of one committed record and of the seal before it.
CREATE TABLE foundation.journal_seal (
  position  bigint PRIMARY KEY,
  source    text NOT NULL CHECK (source IN ('entry', 'attempt', 'attempt_result')),
  record_id text NOT NULL,
  digest    bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  UNIQUE (source, record_id)
);

-- A promise to look again. One row per subject and reason; setting it again moves it.
CREATE TABLE foundation.timer (
  subject_id uuid NOT NULL,
  reason     text NOT NULL,
  due_at     timestamptz NOT NULL,
  tries      integer NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, reason)
);
CREATE INDEX timer_by_due ON foundation.timer (due_at);

GRANT SELECT, INSERT ON foundation.journal_entry, foundation.journal_seal TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON foundation.timer TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON foundation.journal_entry, foundation.journal_seal, foundation.timer TO hjerteloeber_stats;
-- What readiness compares with the files it was shipped with.
GRANT SELECT ON foundation.migration TO hjerteloeber_api, hjerteloeber_worker;
