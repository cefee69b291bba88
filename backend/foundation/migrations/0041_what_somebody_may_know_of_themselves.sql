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
