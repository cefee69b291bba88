-- Areas in which nobody's place is stored: barracks, shelters, whatever the operator is told. Dated, so that an exercise
-- or a new fence can be known beforehand; what was in force when stays to be read.
CREATE TABLE locations.blackout_area (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  valid       tstzrange NOT NULL,
  source      text NOT NULL,
  imported_at timestamptz NOT NULL,
  EXCLUDE USING gist (name WITH =, valid WITH &&)
);
-- Every cell of resolution 8, 9 and 10 that has a point in common with an area. `coarse`: the middle cell of one of
-- resolution 8, which is how whoever chose coarser is kept.
CREATE TABLE locations.blackout_cell (
  cell    bigint NOT NULL,
  coarse  boolean NOT NULL,
  area_id uuid NOT NULL REFERENCES locations.blackout_area,
  PRIMARY KEY (cell, coarse, area_id)
);
GRANT SELECT ON locations.blackout_area, locations.blackout_cell
  TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker;
-- No row-level security: nothing here is about a person or a centre, and every phone's report is compared with it.
