-- Borders change on given days: every row is valid for [from, to) and two rows of one code never overlap.
CREATE TABLE regions.area (
  id        uuid PRIMARY KEY,
  level     text NOT NULL CHECK (level IN ('region', 'municipality')),
  code      text NOT NULL,
  name_da   text NOT NULL,
  name_en   text NOT NULL,
  parent    text,                 -- a municipality's region code during this validity
  valid     tstzrange NOT NULL,
  shape     bytea,                -- WKB, WGS84; null while only the name is known
  source    text NOT NULL,
  EXCLUDE USING gist (level WITH =, code WITH =, valid WITH &&)
);
CREATE TABLE regions.dispatch_centre (
  id      uuid PRIMARY KEY,
  code    text NOT NULL,
  name    text NOT NULL,
  kind    foundation.kind NOT NULL DEFAULT 'live',
  valid   tstzrange NOT NULL,
  EXCLUDE USING gist (code WITH =, valid WITH &&)
);
-- Which centre answers for which area code; areas in no region (Christiansoe) have a row of their own.
CREATE TABLE regions.centre_area (
  id        uuid PRIMARY KEY,
  centre_id uuid NOT NULL REFERENCES regions.dispatch_centre,
  level     text NOT NULL CHECK (level IN ('region', 'municipality')),
  code      text NOT NULL,
  valid     tstzrange NOT NULL,
  EXCLUDE USING gist (level WITH =, code WITH =, valid WITH &&)
);
CREATE TABLE regions.postcode (
  postcode     text NOT NULL CHECK (postcode ~ '^[0-9]{4}$'),
  municipality text NOT NULL,
  PRIMARY KEY (postcode, municipality)
);
GRANT SELECT ON ALL TABLES IN SCHEMA regions TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_stats;
