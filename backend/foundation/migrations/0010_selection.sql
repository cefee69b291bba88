-- Policies are data: versioned, dated, per dispatch centre (null: for whoever has none of its own).
CREATE TABLE selection.policy (
  id        uuid PRIMARY KEY,
  name      text NOT NULL,
  version   integer NOT NULL,
  fields    jsonb NOT NULL,
  author    text NOT NULL,
  made_at   timestamptz NOT NULL,
  UNIQUE (name, version)
);
CREATE TABLE selection.policy_in_force (
  id        uuid PRIMARY KEY,
  centre_id uuid REFERENCES regions.dispatch_centre,
  policy_id uuid NOT NULL REFERENCES selection.policy,
  author    text NOT NULL,
  valid     tstzrange NOT NULL,
  EXCLUDE USING gist ((coalesce(centre_id, '00000000-0000-0000-0000-000000000000'::uuid)) WITH =, valid WITH &&)
);
-- Who was looked at, who was chosen, who was not and why. Erased with the person; the journal keeps its digest.
CREATE TABLE selection.candidate (
  incident_id  uuid NOT NULL REFERENCES incidents.incident,
  wave         integer NOT NULL,
  volunteer_id uuid NOT NULL REFERENCES volunteers.volunteer,
  centre_id    uuid NOT NULL,
  metres       integer NOT NULL,
  age_s        integer,
  from_place   text NOT NULL CHECK (from_place IN ('live', 'home', 'work')),
  verdict      text NOT NULL,
  PRIMARY KEY (incident_id, wave, volunteer_id)
);
CREATE INDEX candidate_by_volunteer ON selection.candidate (volunteer_id);
GRANT SELECT ON selection.policy, selection.policy_in_force TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_stats;
GRANT SELECT, INSERT, DELETE ON selection.candidate TO hjerteloeber_api, hjerteloeber_worker;
