-- Who somebody is and where a patient lies are kept sealed: a data key for each person and each incident, wrapped by a
-- key that stands in a file outside the database. SQL cannot seal: this file makes room, `hjerteloeber migrate` seals what
-- is there, 0035 takes the clear columns away and refuses while a row has none but them.
CREATE TABLE volunteers.data_key (
  volunteer_id uuid PRIMARY KEY REFERENCES volunteers.volunteer,
  key_id       text NOT NULL,
  wrapped      bytea NOT NULL
);
-- Destroyed with the place, by whatever way that goes.
CREATE TABLE incidents.data_key (
  incident_id uuid PRIMARY KEY REFERENCES incidents.incident_place ON DELETE CASCADE,
  centre_id   uuid NOT NULL,
  key_id      text NOT NULL,
  wrapped     bytea NOT NULL,
  FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident (id, centre_id)
);

ALTER TABLE volunteers.volunteer_identity ADD COLUMN phone_sealed bytea, ADD COLUMN name_sealed bytea;
ALTER TABLE volunteers.volunteer_identity ALTER COLUMN phone DROP NOT NULL, ALTER COLUMN name DROP NOT NULL;
ALTER TABLE incidents.incident_place ADD COLUMN point_sealed bytea, ADD COLUMN address_sealed bytea;
ALTER TABLE incidents.incident_place ALTER COLUMN lat DROP NOT NULL, ALTER COLUMN lon DROP NOT NULL;

-- A phone that waits for its code is nobody's yet: sealed under the file's key itself, and gone in minutes.
ALTER TABLE delivery.bare_address ADD COLUMN value_sealed bytea;
ALTER TABLE delivery.bare_address ALTER COLUMN value DROP NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON volunteers.data_key, incidents.data_key TO hjerteloeber_api, hjerteloeber_worker;
GRANT SELECT, INSERT, DELETE ON volunteers.data_key TO hjerteloeber_owner;
GRANT SELECT ON incidents.data_key TO hjerteloeber_owner;

-- Sealing what is there, and wrapping anew at a rotation, are the backfill's; whoever migrates may act as it, and sees
-- nothing by it as long as they do not.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT hjerteloeber_backfill TO %I%s', current_user,
      CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT FALSE' END);
  END IF;
END $$;
GRANT SELECT, INSERT, UPDATE ON volunteers.data_key, incidents.data_key TO hjerteloeber_backfill;
GRANT SELECT, UPDATE ON volunteers.volunteer_identity, incidents.incident_place, delivery.bare_address
  TO hjerteloeber_backfill;
GRANT DELETE ON delivery.bare_address TO hjerteloeber_backfill;
GRANT SELECT (id, kind) ON volunteers.volunteer TO hjerteloeber_backfill;
