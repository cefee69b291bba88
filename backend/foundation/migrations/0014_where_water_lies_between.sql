-- Which parts of the country are one land: joined by a bridge, a tunnel or a causeway. Imported as a whole, replaced as a whole.
CREATE TABLE locations.land_part (
  name        text PRIMARY KEY,
  land        integer NOT NULL CHECK (land > 0),
  source      text NOT NULL,
  licence     text NOT NULL,
  imported_at timestamptz NOT NULL
);
-- The land of each cell of resolution 9. Null: near two lands, so nobody can say. No row: water, or never imported.
CREATE TABLE locations.land_cell (
  cell_r9 bigint PRIMARY KEY,
  land    integer CHECK (land > 0)
);
GRANT SELECT ON locations.land_part, locations.land_cell
  TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker, hjerteloeber_stats;
