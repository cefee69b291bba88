CREATE TABLE aeds.import_source (
  source      text PRIMARY KEY,
  licence     text NOT NULL,
  attribution text NOT NULL,
  made_up     boolean NOT NULL,
  imported_at timestamptz NOT NULL
);
CREATE TABLE aeds.aed (
  id            uuid PRIMARY KEY,
  source        text NOT NULL REFERENCES aeds.import_source,
  source_id     text NOT NULL,
  lat           double precision NOT NULL,
  lon           double precision NOT NULL,
  cell_r9       bigint NOT NULL,
  name          text,
  location_text text,
  floor         text,
  indoor        boolean,
  opening_hours text,                      -- OpenStreetMap's language; null or unparsed means unknown
  cabinet_code  text,
  phone         text,
  state         text NOT NULL CHECK (state IN ('in_place', 'picked_up', 'not_there', 'locked', 'dead')),
  state_at      timestamptz NOT NULL,
  problems      integer NOT NULL DEFAULT 0,  -- reports since it was last confirmed
  confirmed_at  timestamptz,
  gone_at       timestamptz,               -- no longer in its source
  UNIQUE (source, source_id)
);
CREATE INDEX aed_by_cell ON aeds.aed (cell_r9) WHERE gone_at IS NULL;
-- One defibrillator for one volunteer.
CREATE TABLE aeds.reservation (
  aed_id       uuid PRIMARY KEY REFERENCES aeds.aed,
  incident_id  uuid NOT NULL,
  volunteer_id uuid NOT NULL UNIQUE,
  reserved_at  timestamptz NOT NULL
);
CREATE INDEX reservation_by_incident ON aeds.reservation (incident_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA aeds TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT ON aeds.aed, aeds.import_source TO hjerteloeber_stats;
