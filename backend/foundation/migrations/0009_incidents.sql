CREATE TABLE incidents.incident (
  id               uuid PRIMARY KEY,
  kind             foundation.kind NOT NULL,
  centre_id        uuid NOT NULL REFERENCES regions.dispatch_centre,
  case_number      text NOT NULL,
  state            text NOT NULL CHECK (state IN ('open', 'ended')),
  asking           text NOT NULL CHECK (asking IN ('pending', 'asked', 'nobody_in_reach', 'excluded')),
  opened_at        timestamptz NOT NULL,
  last_event_at    timestamptz NOT NULL,
  centre_asked_at  timestamptz,             -- after an hour without an event: is this still going on?
  ended_at         timestamptz,
  end_reason       text,
  next_seq         integer NOT NULL,
  revision         integer NOT NULL,
  policy           jsonb NOT NULL,          -- frozen: what is edited later never touches a running incident
  cell_r9          bigint NOT NULL,
  municipality     text,
  region           text,                    -- null: outside every region, which never refuses an incident
  accuracy_m       double precision,        -- as it was sent: told again it is no revision
  coarse           boolean NOT NULL,
  exclusions       text[] NOT NULL,         -- the circumstances that stopped asking; empty after an override
  override_reason  text,
  circumstances    text[] NOT NULL,
  age_group        text,
  patient_sex      text,
  patient_sex_at   timestamptz,             -- when each was established: what was known when it mattered
  dansk_indeks     text,
  dansk_indeks_at  timestamptz,
  call_taker_group text,
  call_taker_group_at timestamptz,
  call_received_at timestamptz,
  recognised_at    timestamptz,
  linked_to        uuid REFERENCES incidents.incident,
  UNIQUE (id, kind),
  UNIQUE (id, centre_id),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK ((state = 'ended') = (end_reason IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_case ON incidents.incident (centre_id, kind, case_number) WHERE state <> 'ended';
CREATE INDEX incident_open ON incidents.incident (opened_at) WHERE state = 'open';
CREATE INDEX incident_by_centre ON incidents.incident (centre_id, opened_at);
CREATE INDEX incident_by_case ON incidents.incident (centre_id, kind, case_number, opened_at);
-- Where the patient is: health data (GDPR art. 9), erased at most 15 minutes after the mission ends.
CREATE TABLE incidents.incident_place (
  incident_id     uuid PRIMARY KEY,
  centre_id       uuid NOT NULL,
  lat             double precision NOT NULL,
  lon             double precision NOT NULL,
  address         text,
  dar_id          uuid,
  floor           text,
  door            text,
  entrance        text,
  door_code       text,
  precision_class text,
  FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident (id, centre_id)
);
CREATE TABLE incidents.possible_duplicate (
  incident_id uuid NOT NULL REFERENCES incidents.incident,
  other_id    uuid NOT NULL REFERENCES incidents.incident,
  centre_id   uuid NOT NULL,
  metres      integer NOT NULL,
  PRIMARY KEY (incident_id, other_id)
);
CREATE TABLE incidents.request_key (
  client_id   uuid NOT NULL,
  key         text NOT NULL,
  centre_id   uuid NOT NULL,
  body_digest bytea NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents.incident,
  status      integer NOT NULL,
  answer      jsonb NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (client_id, key)
);
CREATE INDEX request_key_by_age ON incidents.request_key (created_at);
GRANT SELECT, INSERT, UPDATE ON incidents.incident TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON incidents.incident_place, incidents.possible_duplicate, incidents.request_key TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON incidents.incident TO hjerteloeber_stats;
