-- One volunteer asked for one incident: one row, ever.
CREATE TABLE alerts.alert (
  id           uuid PRIMARY KEY,
  incident_id  uuid NOT NULL,
  volunteer_id uuid NOT NULL,
  kind         foundation.kind NOT NULL,
  centre_id    uuid NOT NULL,
  pseudonym    text NOT NULL,              -- what a console calls this person, for this incident only
  wave         integer NOT NULL,
  ring_no      integer NOT NULL,
  metres       integer NOT NULL,
  position_age_s integer,
  state        text NOT NULL CHECK (state IN ('ringing', 'accepted', 'declined', 'missed', 'unreachable', 'withdrawn', 'stood_down', 'gave_up', 'finished')),
  reason       text,
  asked_at     timestamptz NOT NULL,
  rings_until  timestamptz NOT NULL,
  answered_at  timestamptz,
  place        integer,                    -- the acceptor's ordinal, or the freed one taken over
  left_reach   boolean NOT NULL DEFAULT false,  -- had gone further away than the reach when accepting, and was told so
  way_m        integer,                    -- from where the acceptor was, through the defibrillator if there is one
  role         text CHECK (role IN ('direct', 'aed', 'guide', 'standby')),
  aed_id       uuid REFERENCES aeds.aed,
  ended_at     timestamptz,
  last_sign_at timestamptz NOT NULL,       -- last sign of life on the mission
  UNIQUE (incident_id, volunteer_id),
  FOREIGN KEY (incident_id, kind) REFERENCES incidents.incident (id, kind),
  FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident (id, centre_id),
  FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer (id, kind),
  CHECK (state NOT IN ('accepted', 'gave_up', 'finished') OR (place IS NOT NULL AND role IS NOT NULL)),
  CHECK ((state IN ('ringing', 'accepted')) = (ended_at IS NULL))
);
CREATE INDEX alert_by_volunteer ON alerts.alert (volunteer_id, asked_at);
CREATE UNIQUE INDEX alert_place_taken_once ON alerts.alert (incident_id, place) WHERE state IN ('accepted', 'finished');
CREATE UNIQUE INDEX alert_aed_taken_once ON alerts.alert (aed_id) WHERE state = 'accepted' AND aed_id IS NOT NULL;

-- What a volunteer on a mission told us, each thing once, with the time it happened.
CREATE TABLE responses.status (
  alert_id    uuid NOT NULL REFERENCES alerts.alert,
  centre_id   uuid NOT NULL,
  status      text NOT NULL CHECK (status IN ('en_route', 'aed_picked_up', 'on_scene', 'with_patient', 'finished')),
  happened_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (alert_id, status)
);
GRANT SELECT, INSERT, UPDATE ON alerts.alert TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT ON responses.status TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON alerts.alert, responses.status TO hjerteloeber_stats;
