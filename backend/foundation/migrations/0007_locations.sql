-- The latest position only, as a cell, never a trail. Narrow and not covered, so that an update stays on its page (HOT).
CREATE TABLE locations.position (
  volunteer_id uuid PRIMARY KEY REFERENCES volunteers.volunteer,
  cell         bigint NOT NULL,            -- res 10; the centre child of a res-8 cell where coarse
  cell_r9      bigint NOT NULL,
  accuracy_m   real,
  coarse       boolean NOT NULL,
  available    boolean NOT NULL,           -- slow facts only: consent and duty switch
  measured_at  timestamptz NOT NULL,       -- on our clock
  seen_at      timestamptz NOT NULL        -- the later of measured_at and the last "still here"
) WITH (fillfactor = 70);
CREATE INDEX position_by_cell ON locations.position (cell_r9) WHERE available;
-- Home and work, for when the live position is missing or too old.
CREATE TABLE locations.fixed_place (
  volunteer_id uuid NOT NULL REFERENCES volunteers.volunteer,
  place        text NOT NULL CHECK (place IN ('home', 'work')),
  cell         bigint NOT NULL,
  cell_r9      bigint NOT NULL,
  available    boolean NOT NULL,
  set_at       timestamptz NOT NULL,
  PRIMARY KEY (volunteer_id, place)
);
CREATE INDEX fixed_place_by_cell ON locations.fixed_place (cell_r9) WHERE available;
-- The exact point, only while on a mission.
CREATE TABLE locations.mission_position (
  volunteer_id uuid PRIMARY KEY REFERENCES volunteers.volunteer,
  incident_id  uuid NOT NULL,
  lat          double precision NOT NULL,
  lon          double precision NOT NULL,
  accuracy_m   real,
  measured_at  timestamptz NOT NULL
);
CREATE INDEX mission_position_by_incident ON locations.mission_position (incident_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA locations TO hjerteloeber_api, hjerteloeber_worker;
