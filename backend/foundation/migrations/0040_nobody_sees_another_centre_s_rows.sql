-- Row-level security: who a transaction acts for (0026) decides which rows it sees. Forced, so that it binds the owner of
-- the tables, too; only a superuser is above it. Who is in no policy of a table sees none of its rows.
--
--   centre    the rows of the centre that was entered
--   own, …    the rows of the person who asks
--   chosen    what whoever acts for a centre must know of everybody to choose the nearest: no name, no phone, no address
--   round     what a worker's rounds over everybody must see: queue rows, positions, and no patient's place
--   figures   statistics: counts over every centre
--   operator  commands, as the database's owner: who is no hjerteløber (staff for exercises, the machine's own phone), and
--             what is counted of the rest
--   across    the functions at the end of this file
--   backfill  migrations that fill new columns of old rows; without a grant it can do nothing

DO $$
DECLARE
  bound text;
BEGIN
  FOREACH bound IN ARRAY ARRAY[
    'incidents.incident', 'incidents.incident_place', 'incidents.data_key', 'incidents.possible_duplicate', 'incidents.request_key',
    'alerts.alert', 'responses.status', 'selection.candidate', 'aeds.reservation',
    'foundation.journal_entry', 'foundation.timer',
    'delivery.message', 'delivery.delivery', 'delivery.attempt', 'delivery.attempt_result', 'delivery.receipt',
    'delivery.answer_link', 'delivery.bare_address',
    'volunteers.volunteer', 'volunteers.volunteer_identity', 'volunteers.data_key', 'volunteers.address', 'volunteers.device',
    'volunteers.consent', 'volunteers.engagement',
    'locations.position', 'locations.fixed_place', 'locations.mission_position',
    'identity.refresh_token', 'recruitment.member']
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', bound);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', bound);
    EXECUTE format('CREATE POLICY backfill ON %s TO hjerteloeber_backfill USING (true)', bound);
  END LOOP;
END $$;

-- What a policy must look up elsewhere it asks once a statement, and only where the row is not the actor's anyway: a
-- function gives ids, and costs a statement that does not need it next to nothing. (As subqueries each would be planned
-- and set up with every statement, with the policies of the tables it reads.)
CREATE FUNCTION alerts.incidents_of_person() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT array_agg(a.incident_id) FROM alerts.alert a WHERE a.volunteer_id = foundation.person() $$;

CREATE FUNCTION alerts.missions_of_person() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT array_agg(a.incident_id) FROM alerts.alert a
    WHERE a.volunteer_id = foundation.person() AND a.state = 'accepted'
  $$;

CREATE FUNCTION alerts.alerts_of_person() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT array_agg(a.id) FROM alerts.alert a WHERE a.volunteer_id = foundation.person() $$;

CREATE FUNCTION alerts.on_the_way_for_centre() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT array_agg(a.volunteer_id) FROM incidents.incident i JOIN alerts.alert a ON a.incident_id = i.id
    WHERE i.centre_id = foundation.centre() AND i.state = 'open' AND a.state = 'accepted'
  $$;

CREATE FUNCTION delivery.held_text_messages() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT array_agg(a.volunteer_id) FROM delivery.delivery d JOIN volunteers.address a ON a.id = d.address_id
    WHERE d.state = 'leased' AND d.channel = 'sms'
  $$;

-- Asked of single rows, by volunteers only: of whoever acts for a centre the first half of the policy is true.
CREATE FUNCTION delivery.message_is_one_s_own(message uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT m.volunteer_id = foundation.person() FROM delivery.message m WHERE m.id = message $$;

CREATE FUNCTION delivery.delivery_is_one_s_own(delivery uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT m.volunteer_id = foundation.person()
    FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id WHERE d.id = delivery
  $$;

CREATE FUNCTION delivery.attempt_is_one_s_own(attempt uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT m.volunteer_id = foundation.person()
    FROM delivery.attempt a JOIN delivery.delivery d ON d.id = a.delivery_id
    JOIN delivery.message m ON m.id = d.message_id WHERE a.id = attempt
  $$;

CREATE FUNCTION incidents.centre_of(incident uuid) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT i.centre_id FROM incidents.incident i WHERE i.id = incident $$;

-- What belongs to a centre ----------------------------------------------------------------------------------------------

CREATE POLICY centre ON alerts.alert TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY own ON alerts.alert FOR SELECT TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY own_goes_on ON alerts.alert FOR UPDATE TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY figures ON alerts.alert FOR SELECT TO hjerteloeber_stats USING (true);

CREATE POLICY centre ON incidents.incident TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY asked ON incidents.incident FOR SELECT TO hjerteloeber_api, hjerteloeber_owner
  USING (id = ANY ((SELECT alerts.incidents_of_person())::uuid[]));
CREATE POLICY figures ON incidents.incident FOR SELECT TO hjerteloeber_stats USING (true);

-- The address: for the centre, and for whoever said yes, as long as they are on their way.
CREATE POLICY centre ON incidents.incident_place TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY on_the_way ON incidents.incident_place FOR SELECT TO hjerteloeber_api
  USING (incident_id = ANY ((SELECT alerts.missions_of_person())::uuid[]));
CREATE POLICY figures ON incidents.incident_place FOR SELECT TO hjerteloeber_stats USING (true);
-- Its key: seen by whoever sees the place.
CREATE POLICY centre ON incidents.data_key TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY on_the_way ON incidents.data_key FOR SELECT TO hjerteloeber_api
  USING (incident_id = ANY ((SELECT alerts.missions_of_person())::uuid[]));

CREATE POLICY centre ON incidents.possible_duplicate TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
-- A mark may be put at another centre's incident, as the possible duplicate of one's own.
CREATE POLICY of_one_s_own ON incidents.possible_duplicate FOR INSERT TO hjerteloeber_api, hjerteloeber_worker
  WITH CHECK (EXISTS (
    SELECT FROM incidents.incident i WHERE i.id = other_id AND i.centre_id = (SELECT foundation.centre())));

CREATE POLICY centre ON incidents.request_key TO hjerteloeber_api, hjerteloeber_worker
  USING (centre_id = (SELECT foundation.centre()));
-- A client's own keys: a retry gets its first answer also when the client's work has moved to another centre since.
CREATE POLICY client ON incidents.request_key TO hjerteloeber_api USING (client_id = (SELECT foundation.person()));

CREATE POLICY centre ON responses.status TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY own ON responses.status FOR SELECT TO hjerteloeber_api
  USING (alert_id = ANY ((SELECT alerts.alerts_of_person())::uuid[]));
CREATE POLICY figures ON responses.status FOR SELECT TO hjerteloeber_stats USING (true);

CREATE POLICY centre ON selection.candidate TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY own ON selection.candidate FOR SELECT TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY own_goes ON selection.candidate FOR DELETE TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));

-- Ids only, and one centre's must not be offered to another's volunteer.
CREATE POLICY chosen ON aeds.reservation TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL OR volunteer_id = (SELECT foundation.person()));
CREATE POLICY round ON aeds.reservation TO hjerteloeber_worker USING (true);

-- Ids, enums, metres, ages: the sealer and whoever verifies the chain read all of it.
CREATE POLICY centre ON foundation.journal_entry FOR SELECT TO hjerteloeber_api
  USING (centre_id = (SELECT foundation.centre()));
CREATE POLICY written ON foundation.journal_entry FOR INSERT TO hjerteloeber_api
  WITH CHECK (centre_id IS NULL OR centre_id = (SELECT foundation.centre()));
CREATE POLICY round ON foundation.journal_entry TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON foundation.journal_entry TO hjerteloeber_owner USING (true);
CREATE POLICY figures ON foundation.journal_entry FOR SELECT TO hjerteloeber_stats USING (true);

CREATE POLICY chosen ON foundation.timer TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL OR (SELECT foundation.person()) IS NOT NULL);
CREATE POLICY round ON foundation.timer TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON foundation.timer FOR SELECT TO hjerteloeber_stats USING (true);

-- The queue. Whoever acts for a centre writes to volunteers of every region; a volunteer sees what went to them. -----------

CREATE POLICY chosen ON delivery.message TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL OR volunteer_id = (SELECT foundation.person()));
CREATE POLICY to_a_bare_number ON delivery.message FOR INSERT TO hjerteloeber_api WITH CHECK (volunteer_id IS NULL);
CREATE POLICY round ON delivery.message TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON delivery.message FOR SELECT TO hjerteloeber_stats, hjerteloeber_owner USING (true);

CREATE POLICY chosen ON delivery.delivery TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL
    OR delivery.message_is_one_s_own(message_id));
-- To whom is the message's to say; it is written by the same statement, which does not see it yet.
CREATE POLICY queued ON delivery.delivery FOR INSERT TO hjerteloeber_api, hjerteloeber_owner WITH CHECK (true);
CREATE POLICY round ON delivery.delivery TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON delivery.delivery FOR SELECT TO hjerteloeber_stats, hjerteloeber_owner USING (true);

CREATE POLICY chosen ON delivery.attempt TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL
    OR delivery.delivery_is_one_s_own(delivery_id));
CREATE POLICY round ON delivery.attempt TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON delivery.attempt FOR SELECT TO hjerteloeber_stats, hjerteloeber_owner USING (true);

CREATE POLICY chosen ON delivery.attempt_result TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL
    OR delivery.attempt_is_one_s_own(attempt_id));
CREATE POLICY round ON delivery.attempt_result TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON delivery.attempt_result FOR SELECT TO hjerteloeber_stats, hjerteloeber_owner USING (true);

CREATE POLICY chosen ON delivery.receipt TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL
    OR delivery.delivery_is_one_s_own(delivery_id));
CREATE POLICY round ON delivery.receipt TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON delivery.receipt FOR SELECT TO hjerteloeber_stats, hjerteloeber_owner USING (true);

CREATE POLICY own ON delivery.answer_link TO hjerteloeber_api
  USING (delivery.message_is_one_s_own(message_id));
CREATE POLICY round ON delivery.answer_link TO hjerteloeber_worker USING (true);

-- The number of somebody who is nobody yet: written by the API, which never reads it; seen by the worker from the moment
-- a message to it is claimed.
CREATE INDEX delivery_to_bare_address ON delivery.delivery (bare_address_id) WHERE bare_address_id IS NOT NULL;
CREATE POLICY written ON delivery.bare_address FOR INSERT TO hjerteloeber_api WITH CHECK (true);
CREATE POLICY claimed ON delivery.bare_address TO hjerteloeber_worker
  USING ((SELECT d.state FROM delivery.delivery d WHERE d.bare_address_id = bare_address.id) <> 'queued');

-- People ----------------------------------------------------------------------------------------------------------------

CREATE POLICY chosen ON volunteers.volunteer TO hjerteloeber_api
  USING ((SELECT foundation.centre()) IS NOT NULL OR id = (SELECT foundation.person()));
CREATE POLICY round ON volunteers.volunteer TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON volunteers.volunteer TO hjerteloeber_owner USING (true);
CREATE POLICY figures ON volunteers.volunteer FOR SELECT TO hjerteloeber_stats USING (true);

-- Phone and name: one's own; of whoever said yes, for the centre they said it to; for the worker while it holds a text
-- message to them; for an operator those of who is no hjerteløber (staff for exercises, the machine's own phone).
CREATE POLICY own ON volunteers.volunteer_identity TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY said_yes ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_api
  USING (volunteer_id = ANY ((SELECT alerts.on_the_way_for_centre())::uuid[]));
CREATE POLICY claimed ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_worker
  USING (volunteer_id = ANY ((SELECT delivery.held_text_messages())::uuid[]));
CREATE POLICY operator ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_owner
  USING (volunteer_id IN (SELECT v.id FROM volunteers.volunteer v WHERE v.kind <> 'live'));
-- Their key: seen by whoever sees the person.
CREATE POLICY own ON volunteers.data_key TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY said_yes ON volunteers.data_key FOR SELECT TO hjerteloeber_api
  USING (volunteer_id = ANY ((SELECT alerts.on_the_way_for_centre())::uuid[]));
CREATE POLICY claimed ON volunteers.data_key FOR SELECT TO hjerteloeber_worker
  USING (volunteer_id = ANY ((SELECT delivery.held_text_messages())::uuid[]));
CREATE POLICY operator ON volunteers.data_key FOR SELECT TO hjerteloeber_owner
  USING (volunteer_id IN (SELECT v.id FROM volunteers.volunteer v WHERE v.kind <> 'live'));

-- How somebody can be reached, and whether. A push address is no use to who has not the provider's key.
CREATE POLICY own ON volunteers.address TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY chosen ON volunteers.address FOR SELECT TO hjerteloeber_api USING ((SELECT foundation.centre()) IS NOT NULL);
CREATE POLICY round ON volunteers.address TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON volunteers.address FOR SELECT TO hjerteloeber_owner USING (true);

CREATE POLICY own ON volunteers.device TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY chosen ON volunteers.device FOR SELECT TO hjerteloeber_api USING ((SELECT foundation.centre()) IS NOT NULL);
CREATE POLICY round ON volunteers.device TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON volunteers.device FOR SELECT TO hjerteloeber_stats USING (true);

CREATE POLICY operator ON volunteers.device FOR SELECT TO hjerteloeber_owner USING (true);

CREATE POLICY own ON volunteers.consent TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY chosen ON volunteers.consent FOR SELECT TO hjerteloeber_api USING ((SELECT foundation.centre()) IS NOT NULL);
CREATE POLICY round ON volunteers.consent TO hjerteloeber_worker USING (true);
CREATE POLICY figures ON volunteers.consent FOR SELECT TO hjerteloeber_stats USING (true);

CREATE POLICY chosen ON volunteers.engagement TO hjerteloeber_api, hjerteloeber_owner
  USING ((SELECT foundation.centre()) IS NOT NULL OR volunteer_id = (SELECT foundation.person()));
CREATE POLICY round ON volunteers.engagement TO hjerteloeber_worker USING (true);

CREATE POLICY own ON locations.position TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY chosen ON locations.position FOR SELECT TO hjerteloeber_api
  USING ((SELECT foundation.centre()) IS NOT NULL);
CREATE POLICY round ON locations.position TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON locations.position FOR SELECT TO hjerteloeber_owner
  USING (volunteer_id IN (SELECT v.id FROM volunteers.volunteer v WHERE v.kind <> 'live'));

CREATE POLICY own ON locations.fixed_place TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY chosen ON locations.fixed_place FOR SELECT TO hjerteloeber_api
  USING ((SELECT foundation.centre()) IS NOT NULL);
CREATE POLICY round ON locations.fixed_place TO hjerteloeber_worker USING (true);
CREATE POLICY operator ON locations.fixed_place FOR SELECT TO hjerteloeber_owner
  USING (volunteer_id IN (SELECT v.id FROM volunteers.volunteer v WHERE v.kind <> 'live'));

-- The exact point: of those who are on their way to an incident of the centre.
CREATE POLICY own ON locations.mission_position TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY centre ON locations.mission_position TO hjerteloeber_api, hjerteloeber_owner
  USING (incidents.centre_of(incident_id) = (SELECT foundation.centre()));
CREATE POLICY round ON locations.mission_position TO hjerteloeber_worker USING (true);

CREATE POLICY own ON identity.refresh_token TO hjerteloeber_api, hjerteloeber_owner
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY round ON identity.refresh_token TO hjerteloeber_worker USING (true);

CREATE POLICY own ON recruitment.member TO hjerteloeber_api USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY round ON recruitment.member TO hjerteloeber_worker USING (true);

-- Statistics count incidents; a case number is nobody's business there. Of places only whether they are still kept.
REVOKE SELECT ON incidents.incident FROM hjerteloeber_stats;
GRANT SELECT (id, kind, centre_id, state, asking, opened_at, last_event_at, centre_asked_at, ended_at, end_reason, revision,
  cell_r9, municipality, region, coarse, exclusions, circumstances, age_group, patient_sex, dansk_indeks, call_received_at,
  recognised_at, linked_to, reach_step, reach_since, wanted, lacking) ON incidents.incident TO hjerteloeber_stats;
GRANT SELECT (incident_id) ON incidents.incident_place TO hjerteloeber_stats;
GRANT SELECT ON delivery.channel_switch TO hjerteloeber_stats;

-- Which centre may act for another's incidents, and from when to when: lent for a while (overflow), or for good because the
-- other's work has moved to it (merged). Read by every process; written by an operator, and journalled.
CREATE TABLE regions.access (
  id uuid PRIMARY KEY,
  centre_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  acting_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  why text NOT NULL CHECK (why IN ('overflow', 'merged')),
  valid tstzrange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
  author text NOT NULL,
  made_at timestamptz NOT NULL,
  CHECK (centre_id <> acting_id),
  CONSTRAINT overflow_has_an_end CHECK (why = 'merged' OR NOT upper_inf(valid)),
  CONSTRAINT work_moves_to_one EXCLUDE USING gist (centre_id WITH =, valid WITH &&) WHERE (why = 'merged')
);
GRANT SELECT ON regions.access TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE ON regions.access TO hjerteloeber_owner;

-- The functions that look across: ids and metres. Their owner is nobody who can log in or be become. ------------------------

CREATE FUNCTION incidents.synthetic_ended(before timestamptz, at_most integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT i.id FROM incidents.incident i WHERE i.kind = 'synthetic' AND i.ended_at < before ORDER BY i.ended_at LIMIT at_most
  $$;

CREATE FUNCTION alerts.incident_of(alert uuid) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT a.incident_id FROM alerts.alert a WHERE a.id = alert $$;

-- Of these people, who has ever answered a live alarm: what campaigns count.
CREATE FUNCTION alerts.who_answered(people uuid[]) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT p.id FROM unnest(people) AS p (id)
    WHERE EXISTS (
      SELECT FROM alerts.alert a WHERE a.volunteer_id = p.id AND a.kind = 'live' AND a.answered_at IS NOT NULL)
  $$;

CREATE FUNCTION foundation.entries_after(after bigint, at_most integer) RETURNS TABLE (id bigint, centre_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT e.id, e.centre_id FROM foundation.journal_entry e
    WHERE e.id > after AND e.incident_id IS NOT NULL ORDER BY e.id LIMIT at_most
  $$;

CREATE FUNCTION foundation.newest_entry() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT coalesce(max(e.id), 0) FROM foundation.journal_entry e $$;

-- Who somebody is, found by what only they have: the keyed hash of a phone, the hash of a token or of a link.
CREATE FUNCTION volunteers.of_phone(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT i.volunteer_id FROM volunteers.volunteer_identity i WHERE i.phone_hash = hash $$;

CREATE FUNCTION identity.of_refresh_token(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT t.volunteer_id FROM identity.refresh_token t WHERE t.token_hash = hash $$;

CREATE FUNCTION delivery.of_answer_link(hash bytea) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT m.volunteer_id FROM delivery.answer_link l JOIN delivery.message m ON m.id = l.message_id
    WHERE l.token_hash = hash
  $$;

-- A push address belongs to the app that tells it: whoever had it before, on this phone or a restored copy, has not.
CREATE FUNCTION volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamptz) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = at
    WHERE channel = on_channel AND value = told AND device_id <> device
  $$;

CREATE FUNCTION selection.forget_synthetic(incidents uuid[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    DELETE FROM selection.candidate c USING incidents.incident i
    WHERE c.incident_id = i.id AND i.id = ANY (incidents) AND i.kind = 'synthetic';
  $$;

-- What these may touch, and no more.
GRANT SELECT (id, kind, centre_id, state, opened_at, ended_at), DELETE ON incidents.incident TO hjerteloeber_across;
GRANT SELECT (incident_id), DELETE ON incidents.incident_place TO hjerteloeber_across;
GRANT SELECT (incident_id, other_id), DELETE ON incidents.possible_duplicate TO hjerteloeber_across;
GRANT SELECT (incident_id), DELETE ON incidents.request_key TO hjerteloeber_across;
GRANT SELECT (id, incident_id, volunteer_id, kind, state, answered_at), DELETE ON alerts.alert TO hjerteloeber_across;
GRANT SELECT (alert_id), DELETE ON responses.status TO hjerteloeber_across;
GRANT SELECT (incident_id), DELETE ON selection.candidate TO hjerteloeber_across;
GRANT SELECT (id, incident_id, centre_id, kind), DELETE ON foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT (id, subject_id, volunteer_id, kind), DELETE ON delivery.message TO hjerteloeber_across;
GRANT SELECT (id, message_id, address_id, channel, state), DELETE ON delivery.delivery TO hjerteloeber_across;
GRANT SELECT (id, delivery_id), DELETE ON delivery.attempt TO hjerteloeber_across;
GRANT SELECT (attempt_id), DELETE ON delivery.attempt_result TO hjerteloeber_across;
GRANT SELECT (delivery_id), DELETE ON delivery.receipt TO hjerteloeber_across;
GRANT SELECT (token_hash, message_id), DELETE ON delivery.answer_link TO hjerteloeber_across;
GRANT SELECT (volunteer_id, phone_hash) ON volunteers.volunteer_identity TO hjerteloeber_across;
GRANT SELECT (id, volunteer_id, device_id, channel, value), UPDATE (device_id, value, health, changed_at) ON volunteers.address
  TO hjerteloeber_across;
GRANT SELECT (volunteer_id, token_hash) ON identity.refresh_token TO hjerteloeber_across;

-- Who may call what, and whose they are. Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE
  seen text;
  called record;
  rooms text := 'alerts, delivery, foundation, identity, incidents, responses, selection, volunteers';
  above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  FOREACH seen IN ARRAY ARRAY[
    'incidents.incident', 'incidents.incident_place', 'incidents.data_key', 'incidents.possible_duplicate', 'incidents.request_key',
    'alerts.alert', 'responses.status', 'selection.candidate', 'foundation.journal_entry', 'delivery.message',
    'delivery.delivery', 'delivery.attempt', 'delivery.attempt_result', 'delivery.receipt', 'delivery.answer_link',
    'volunteers.volunteer_identity', 'volunteers.address', 'identity.refresh_token']
  LOOP
    EXECUTE format('CREATE POLICY across ON %s TO hjerteloeber_across USING (true)', seen);
  END LOOP;
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  EXECUTE 'GRANT CREATE ON SCHEMA ' || rooms || ' TO hjerteloeber_across';
  FOR called IN SELECT what, who FROM (VALUES
    ('alerts.incidents_of_person()', 'hjerteloeber_api, hjerteloeber_owner'),
    ('alerts.missions_of_person()', 'hjerteloeber_api'),
    ('alerts.alerts_of_person()', 'hjerteloeber_api'),
    ('alerts.on_the_way_for_centre()', 'hjerteloeber_api'),
    ('delivery.held_text_messages()', 'hjerteloeber_worker'),
    ('delivery.message_is_one_s_own(uuid)', 'hjerteloeber_api, hjerteloeber_owner'),
    ('delivery.delivery_is_one_s_own(uuid)', 'hjerteloeber_api, hjerteloeber_owner'),
    ('delivery.attempt_is_one_s_own(uuid)', 'hjerteloeber_api, hjerteloeber_owner'),
    ('incidents.centre_of(uuid)', 'hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner'),
    ('incidents.synthetic_ended(timestamptz, integer)', 'hjerteloeber_worker'),
    ('alerts.incident_of(uuid)', 'hjerteloeber_worker'),
    ('alerts.who_answered(uuid[])', 'hjerteloeber_worker'),
    ('foundation.entries_after(bigint, integer)', 'hjerteloeber_api'),
    ('foundation.newest_entry()', 'hjerteloeber_api'),
    ('volunteers.of_phone(bytea)', 'hjerteloeber_api'),
    ('identity.of_refresh_token(bytea)', 'hjerteloeber_api'),
    ('delivery.of_answer_link(bytea)', 'hjerteloeber_api'),
    ('volunteers.retire_elsewhere(uuid, text, text, timestamptz)', 'hjerteloeber_api, hjerteloeber_owner'),
    ('selection.forget_synthetic(uuid[])', 'hjerteloeber_worker'),
    ('alerts.forget_synthetic(uuid[])', 'hjerteloeber_worker'),
    ('delivery.forget_synthetic(uuid[])', 'hjerteloeber_worker'),
    ('foundation.forget_synthetic(uuid[])', 'hjerteloeber_worker'),
    ('incidents.forget_synthetic(uuid[])', 'hjerteloeber_worker'),
    ('responses.forget_synthetic(uuid[])', 'hjerteloeber_worker')) AS f (what, who)
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', called.what);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', called.what, called.who);
    EXECUTE format('ALTER FUNCTION %s OWNER TO hjerteloeber_across', called.what);
  END LOOP;
  EXECUTE 'REVOKE CREATE ON SCHEMA locations, ' || rooms || ' FROM hjerteloeber_across';
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
