-- A number whose time is over is removed even if no worker ever claimed the message to it: while a channel is off, say.
CREATE POLICY over ON delivery.bare_address TO hjerteloeber_worker USING (expires_at <= now());

-- A person's copy of what is held about them: what was written of them outside every incident. What was written of their
-- alerts is read centre by centre.
CREATE POLICY own ON foundation.journal_entry FOR SELECT TO hjerteloeber_api
  USING (incident_id IS NULL AND (
    person_id = (SELECT foundation.person()) OR facts ->> 'volunteer' = (SELECT foundation.person())::text));
CREATE INDEX journal_entry_by_person ON foundation.journal_entry (person_id) WHERE incident_id IS NULL;
CREATE INDEX journal_entry_of_volunteer ON foundation.journal_entry ((facts ->> 'volunteer')) WHERE incident_id IS NULL;

-- Operators act for one person at a time (foundation.person()): to erase them, or to give them their copy.
GRANT SELECT ON volunteers.volunteer, volunteers.volunteer_identity, volunteers.consent TO hjerteloeber_owner;

-- The list of erasures names people whom nobody acts for yet: which of them are there although they should not be. Ids for
-- whoever has the list.
CREATE FUNCTION volunteers.not_erased(people uuid[]) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT v.id FROM volunteers.volunteer v WHERE v.id = ANY (people) AND v.state <> 'erased' ORDER BY v.id $$;
CREATE FUNCTION volunteers.still_active(people uuid[]) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT v.id FROM volunteers.volunteer v WHERE v.id = ANY (people) AND v.state = 'active' ORDER BY v.id $$;
GRANT SELECT (id, state) ON volunteers.volunteer TO hjerteloeber_across;
CREATE POLICY across_the_list ON volunteers.volunteer FOR SELECT TO hjerteloeber_across USING (true);
REVOKE ALL ON FUNCTION volunteers.not_erased(uuid[]), volunteers.still_active(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION volunteers.not_erased(uuid[]), volunteers.still_active(uuid[])
  TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner;
-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE
  above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA volunteers TO hjerteloeber_across;
  ALTER FUNCTION volunteers.not_erased(uuid[]) OWNER TO hjerteloeber_across;
  ALTER FUNCTION volunteers.still_active(uuid[]) OWNER TO hjerteloeber_across;
  REVOKE CREATE ON SCHEMA volunteers FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;

-- The worker erases whose seven days are over: it acts for that person and sees what is theirs, as the API does for them.
CREATE POLICY leaving ON volunteers.volunteer_identity TO hjerteloeber_worker
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY leaving ON volunteers.data_key TO hjerteloeber_worker
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY leaving ON alerts.alert FOR SELECT TO hjerteloeber_worker
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY leaving_goes_on ON alerts.alert FOR UPDATE TO hjerteloeber_worker
  USING (volunteer_id = (SELECT foundation.person()));
CREATE POLICY leaving ON selection.candidate TO hjerteloeber_worker
  USING (volunteer_id = (SELECT foundation.person()));
