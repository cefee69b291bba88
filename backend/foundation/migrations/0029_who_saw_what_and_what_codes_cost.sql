-- Who was shown an address or a position, each time: ids only, never the address. Written by whoever shows it, in the
-- transaction that reads, without any lock of the incident's; sealed as the journal is; nobody can change or remove it.
CREATE TABLE incidents.viewed (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL,
  kind        foundation.kind NOT NULL,
  what        text NOT NULL CHECK (what IN ('address', 'candidates', 'preview', 'position', 'name')),
  viewer      text NOT NULL CHECK (viewer IN ('volunteer', 'dispatch', 'staff', 'operator')),
  viewer_id   uuid NOT NULL,  -- a volunteer, a dispatch system's client, one of the staff
  device_id   uuid,           -- which of a volunteer's phones; null: the page behind a text message
  centre_id   uuid NOT NULL,
  incident_id uuid,           -- null: a preview, before any alarm
  about_id    uuid,           -- whose position or name it was; null: the patient's, or those of many
  case_number text,           -- what a preview was asked for
  CHECK ((what = 'preview') = (case_number IS NOT NULL)),
  CHECK (incident_id IS NOT NULL OR what <> 'address')
);
CREATE INDEX viewed_by_incident ON incidents.viewed (incident_id, id);
CREATE INDEX viewed_by_viewer ON incidents.viewed (viewer_id, at);
CREATE INDEX viewed_by_case ON incidents.viewed (centre_id, case_number, at) WHERE case_number IS NOT NULL;
GRANT SELECT, INSERT ON incidents.viewed TO hjerteloeber_api;
GRANT SELECT ON incidents.viewed TO hjerteloeber_worker, hjerteloeber_owner;
ALTER TABLE incidents.viewed ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.viewed FORCE ROW LEVEL SECURITY;
CREATE POLICY viewer ON incidents.viewed FOR INSERT TO hjerteloeber_api
  WITH CHECK (viewer_id = (SELECT foundation.person()));
CREATE POLICY centre ON incidents.viewed FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY round ON incidents.viewed FOR SELECT TO hjerteloeber_worker USING (true); -- the sealer's
CREATE POLICY operator ON incidents.viewed FOR SELECT TO hjerteloeber_owner USING (true);

ALTER TABLE foundation.journal_seal DROP CONSTRAINT journal_seal_source_check;
ALTER TABLE foundation.journal_seal ADD CONSTRAINT journal_seal_source_check
  CHECK (source IN ('entry', 'attempt', 'attempt_result', 'view'));

-- The machine's own alarm is nobody's evidence, as in 0016.
CREATE FUNCTION incidents.forget_synthetic_views(incidents uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM incidents.viewed v WHERE v.incident_id = ANY (incidents) AND v.kind = 'synthetic';
$$;
GRANT SELECT, DELETE ON incidents.viewed TO hjerteloeber_across;
CREATE POLICY across ON incidents.viewed TO hjerteloeber_across USING (kind = 'synthetic');
REVOKE ALL ON FUNCTION incidents.forget_synthetic_views FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents.forget_synthetic_views TO hjerteloeber_worker;
-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  ALTER FUNCTION incidents.forget_synthetic_views OWNER TO hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;

-- What one-time codes by text message cost: of a network (a keyed hash), of all numbers that proved nothing yet, of those
-- that did, minute by minute for a day. What was answered is owed no more. In place of signup.codes_sent, which knew the
-- sign-up pages only and money not at all: it goes when nothing that is running reads it any more.
CREATE TABLE identity.code_count (
  bucket   bytea NOT NULL,
  minute   timestamptz NOT NULL,
  sent     integer NOT NULL CHECK (sent >= 0),
  answered integer NOT NULL CHECK (answered >= 0),
  ore      integer NOT NULL CHECK (ore >= 0),
  PRIMARY KEY (bucket, minute)
);
CREATE INDEX code_count_by_minute ON identity.code_count (minute);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.code_count TO hjerteloeber_api, hjerteloeber_worker;
ALTER TABLE identity.code_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.code_count FORCE ROW LEVEL SECURITY;
CREATE POLICY anybody ON identity.code_count TO hjerteloeber_api, hjerteloeber_worker USING (true); -- sums of nobody

-- Which counts a code stands in, so that its answer is counted where it was sent.
ALTER TABLE identity.one_time_code ADD COLUMN counted_in bytea[] NOT NULL DEFAULT '{}';
-- The device's key (its RFC 7638 thumbprint), where a family is bound to one: it is spent with a proof of that key.
ALTER TABLE identity.refresh_token ADD COLUMN device_key text;
