-- People who work at a dispatch centre or run the service: who they are, in which role where, where they sit, what they are
-- signed in as, and what waits for a second one of them.
CREATE TABLE identity.staff (
  id         uuid PRIMARY KEY,
  email      text NOT NULL UNIQUE CHECK (email = lower(email)),
  name       text NOT NULL,
  issuer     text,          -- who vouched for them first: from then on these two mean them, and the address nobody
  subject    text,
  created_at timestamptz NOT NULL,
  UNIQUE (issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE TABLE identity.staff_role (
  id           uuid PRIMARY KEY,
  staff_id     uuid NOT NULL REFERENCES identity.staff ON DELETE CASCADE,
  role         text NOT NULL CHECK (role IN ('visitator', 'teknisk_disponent', 'vagthavende', 'amk_laege', 'driftsansvarlig', 'revisor')),
  centre_id    uuid,        -- none: at every centre. regions is a later room: the command checks it
  since        timestamptz NOT NULL,
  until        timestamptz,
  withdrawn_at timestamptz,
  CHECK (until > since)
);
CREATE INDEX staff_role_by_staff ON identity.staff_role (staff_id);
-- A chair with a screen. Its browser is known by a cookie; its sealed log-in lies in an envelope beside it.
CREATE TABLE identity.seat (
  id            uuid PRIMARY KEY,
  centre_id     uuid NOT NULL,
  name          text NOT NULL,
  code_hash     bytea UNIQUE,          -- to make a browser this seat's, once
  browser_hash  bytea UNIQUE,
  key_id        text NOT NULL,         -- the key outside the database that wraps the seat's own
  wrapped       bytea NOT NULL,
  totp_sealed   bytea NOT NULL,
  envelope_hash text NOT NULL,         -- argon2id of the word in the envelope
  last_step     bigint NOT NULL DEFAULT 0,  -- a code of this step or an earlier one is spent
  tries         integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  tries_since   timestamptz,
  created_at    timestamptz NOT NULL,
  withdrawn_at  timestamptz
);
CREATE UNIQUE INDEX one_seat_of_a_name ON identity.seat (centre_id, name) WHERE withdrawn_at IS NULL;
CREATE TABLE identity.staff_session (
  id         uuid PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE,
  staff_id   uuid NOT NULL REFERENCES identity.staff ON DELETE CASCADE,
  centre_id  uuid,
  seat_id    uuid REFERENCES identity.seat,
  how        text NOT NULL CHECK (how IN ('openid', 'sealed')),
  began_at   timestamptz NOT NULL,
  used_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,     -- the end of the shift; an alarm that is under way then outlasts it
  fresh_at   timestamptz,              -- when they last proved who they are
  pin_hash   text,                     -- argon2id, for changing back at this seat on this shift
  pin_tries  integer NOT NULL DEFAULT 0 CHECK (pin_tries >= 0),
  parked_at  timestamptz               -- somebody else sits there just now
);
CREATE INDEX staff_session_by_seat ON identity.staff_session (seat_id);
CREATE INDEX staff_session_by_staff ON identity.staff_session (staff_id);
CREATE TABLE identity.approval (
  id           uuid PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('area_alert', 'policy_change', 'export', 'freeze_client', 'unfreeze_client')),
  state        text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'taken_back', 'ran_out')),
  centre_id    uuid,                   -- none: it concerns every centre
  facts        jsonb NOT NULL,         -- ids and words; nothing personal
  asked_by     uuid NOT NULL REFERENCES identity.staff,
  asked_seat   uuid REFERENCES identity.seat,
  asked_at     timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  decided_by   uuid REFERENCES identity.staff,
  decided_at   timestamptz,
  CHECK (decided_by <> asked_by OR state = 'taken_back'),
  CHECK ((state = 'waiting') = (decided_at IS NULL)),
  CHECK (state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL)
);
CREATE INDEX approval_waiting ON identity.approval (asked_at) WHERE state = 'waiting';

GRANT SELECT ON identity.staff, identity.staff_role, identity.seat, identity.staff_session, identity.approval
  TO hjerteloeber_api, hjerteloeber_owner;
GRANT UPDATE (issuer, subject) ON identity.staff TO hjerteloeber_api;
GRANT UPDATE (code_hash, browser_hash, last_step, tries, tries_since) ON identity.seat TO hjerteloeber_api;
GRANT INSERT, DELETE ON identity.staff_session TO hjerteloeber_api;
GRANT UPDATE (token_hash, centre_id, seat_id, used_at, fresh_at, pin_hash, pin_tries, parked_at)
  ON identity.staff_session TO hjerteloeber_api;
GRANT INSERT ON identity.approval TO hjerteloeber_api, hjerteloeber_owner;
GRANT UPDATE (state, decided_by, decided_at) ON identity.approval TO hjerteloeber_api, hjerteloeber_owner;
-- Who works here and where they sit is an operator's decision (hjerteloeber staff …), written into the journal.
GRANT INSERT, UPDATE ON identity.staff, identity.staff_role, identity.seat TO hjerteloeber_owner;
GRANT DELETE ON identity.staff_session TO hjerteloeber_owner;
-- Housekeeping: sessions long over, requests nobody answered.
GRANT SELECT (id, how, expires_at), DELETE ON identity.staff_session TO hjerteloeber_worker;
GRANT SELECT (id, state, expires_at), UPDATE (state, decided_at) ON identity.approval TO hjerteloeber_worker;
-- A dispatch system that two people freeze is frozen by the API, in the transaction in which the second says yes.
GRANT UPDATE (frozen_at) ON identity.client TO hjerteloeber_api;
-- A policy that a second person said yes to is put in force by the API.
GRANT INSERT, UPDATE ON selection.policy_in_force TO hjerteloeber_api;

ALTER TABLE identity.staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_role FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.seat FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_session FORCE ROW LEVEL SECURITY;
ALTER TABLE identity.approval ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.approval FORCE ROW LEVEL SECURITY;

-- Ids, roles and times alone: of oneself, and of those who work at the centre.
CREATE POLICY person ON identity.staff_role FOR SELECT TO hjerteloeber_api
  USING (staff_id = (SELECT foundation.person()));
CREATE POLICY centre ON identity.staff_role FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()) OR (centre_id IS NULL AND (SELECT foundation.centre()) IS NOT NULL));
CREATE POLICY person ON identity.staff TO hjerteloeber_api USING (id = (SELECT foundation.person()));
-- Names of those one works with, for whoever works there: no phone and no dispatch system has a role.
CREATE POLICY colleagues ON identity.staff FOR SELECT TO hjerteloeber_api USING (
  EXISTS (SELECT FROM identity.staff_role mine WHERE mine.staff_id = (SELECT foundation.person()))
  AND EXISTS (SELECT FROM identity.staff_role theirs WHERE theirs.staff_id = staff.id
              AND (theirs.centre_id IS NULL OR theirs.centre_id = (SELECT foundation.centre()))));
CREATE POLICY centre ON identity.seat TO hjerteloeber_api USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY person ON identity.staff_session TO hjerteloeber_api USING (staff_id = (SELECT foundation.person()));
CREATE POLICY centre ON identity.staff_session FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY round ON identity.staff_session TO hjerteloeber_worker USING (true);
-- How many began with an envelope is counted for operations.
GRANT SELECT (how, expires_at) ON identity.staff_session TO hjerteloeber_stats;
CREATE POLICY figures ON identity.staff_session FOR SELECT TO hjerteloeber_stats USING (true);
-- What concerns every centre is seen by whoever works at any.
CREATE POLICY centre ON identity.approval TO hjerteloeber_api USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY every_centre ON identity.approval TO hjerteloeber_api USING (centre_id IS NULL
  AND EXISTS (SELECT FROM identity.staff_role mine WHERE mine.staff_id = (SELECT foundation.person())));
CREATE POLICY person ON identity.approval TO hjerteloeber_api USING (asked_by = (SELECT foundation.person()));
CREATE POLICY round ON identity.approval TO hjerteloeber_worker USING (true);
-- Wrapping anew when a key outside is replaced.
GRANT SELECT (id, key_id, wrapped), UPDATE (key_id, wrapped) ON identity.seat TO hjerteloeber_backfill;
CREATE POLICY backfill ON identity.seat TO hjerteloeber_backfill USING (true);
CREATE POLICY operator ON identity.staff TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.staff_role TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.seat TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.staff_session TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.approval TO hjerteloeber_owner USING (true);

-- Who is it? Asked before anybody is known: ids only.
GRANT SELECT (id, email, issuer, subject) ON identity.staff TO hjerteloeber_across;
GRANT SELECT (id, centre_id, code_hash, browser_hash, withdrawn_at) ON identity.seat TO hjerteloeber_across;
GRANT SELECT (id, token_hash, staff_id, centre_id, parked_at) ON identity.staff_session TO hjerteloeber_across;
CREATE POLICY across ON identity.staff FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON identity.seat FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON identity.staff_session FOR SELECT TO hjerteloeber_across USING (true);

CREATE FUNCTION identity.staff_of_subject(issuer text, subject text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
RETURN (SELECT s.id FROM identity.staff s WHERE s.issuer = $1 AND s.subject = $2);

CREATE FUNCTION identity.staff_of_email(email text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
RETURN (SELECT s.id FROM identity.staff s WHERE s.email = $1);

CREATE FUNCTION identity.staff_session_of(token_hash bytea)
RETURNS TABLE (id uuid, staff_id uuid, centre_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC
  SELECT s.id, s.staff_id, s.centre_id FROM identity.staff_session s
  WHERE s.token_hash = $1 AND s.parked_at IS NULL;
END;

CREATE FUNCTION identity.seat_of_browser(browser_hash bytea) RETURNS TABLE (id uuid, centre_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC
  SELECT s.id, s.centre_id FROM identity.seat s WHERE s.browser_hash = $1 AND s.withdrawn_at IS NULL;
END;

CREATE FUNCTION identity.seat_of_code(code_hash bytea) RETURNS TABLE (id uuid, centre_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC
  SELECT s.id, s.centre_id FROM identity.seat s WHERE s.code_hash = $1 AND s.withdrawn_at IS NULL;
END;

REVOKE ALL ON FUNCTION identity.staff_of_subject(text, text), identity.staff_of_email(text),
  identity.staff_session_of(bytea), identity.seat_of_browser(bytea), identity.seat_of_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.staff_of_subject(text, text), identity.staff_of_email(text),
  identity.staff_session_of(bytea), identity.seat_of_browser(bytea), identity.seat_of_code(bytea) TO hjerteloeber_api;
-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE
  above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
  called text;
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA identity TO hjerteloeber_across;
  FOREACH called IN ARRAY ARRAY['staff_of_subject(text, text)', 'staff_of_email(text)', 'staff_session_of(bytea)',
                                'seat_of_browser(bytea)', 'seat_of_code(bytea)']
  LOOP
    EXECUTE format('ALTER FUNCTION identity.%s OWNER TO hjerteloeber_across', called);
  END LOOP;
  REVOKE CREATE ON SCHEMA identity FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
