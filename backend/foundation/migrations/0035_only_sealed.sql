-- Contract of 0027: a database with rows that are not sealed yet stops here, at SET NOT NULL, and `hjerteloeber migrate`
-- with HJERTELOEBER_DATA_KEY_FILE seals them first, in this same transaction.
ALTER TABLE volunteers.volunteer_identity ALTER COLUMN phone_sealed SET NOT NULL, ALTER COLUMN name_sealed SET NOT NULL;
ALTER TABLE volunteers.volunteer_identity DROP COLUMN phone, DROP COLUMN name;
ALTER TABLE incidents.incident_place ALTER COLUMN point_sealed SET NOT NULL, ALTER COLUMN address_sealed SET NOT NULL;
ALTER TABLE incidents.incident_place DROP COLUMN lat, DROP COLUMN lon, DROP COLUMN address, DROP COLUMN dar_id,
  DROP COLUMN floor, DROP COLUMN door, DROP COLUMN entrance, DROP COLUMN door_code, DROP COLUMN precision_class;
-- Whoever waits for a code at this moment asks again.
SET LOCAL ROLE hjerteloeber_backfill;
DELETE FROM delivery.bare_address WHERE value_sealed IS NULL;
RESET ROLE;
ALTER TABLE delivery.bare_address ALTER COLUMN value_sealed SET NOT NULL;
ALTER TABLE delivery.bare_address DROP COLUMN value;

-- What is left to the backfill is rotation: wrapping data keys anew, and hashing phones anew. It sees no place any more.
REVOKE ALL ON volunteers.volunteer_identity, incidents.incident_place, delivery.bare_address, volunteers.data_key,
  incidents.data_key FROM hjerteloeber_backfill;
GRANT SELECT, UPDATE ON volunteers.data_key, incidents.data_key TO hjerteloeber_backfill;
GRANT SELECT (volunteer_id, phone_hash, phone_sealed), UPDATE (phone_hash) ON volunteers.volunteer_identity
  TO hjerteloeber_backfill;

-- The one look across centres at where somebody lies: for possible duplicates, which Python measures. Points only, and
-- sealed ones; never an address.
CREATE FUNCTION incidents.open_since(of_kind text, since timestamptz)
  RETURNS TABLE (incident_id uuid, centre_id uuid, cell_r9 bigint, point_sealed bytea, key_id text, wrapped bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT i.id, i.centre_id, i.cell_r9, p.point_sealed, k.key_id, k.wrapped
    FROM incidents.incident i JOIN incidents.incident_place p ON p.incident_id = i.id
    LEFT JOIN incidents.data_key k ON k.incident_id = i.id
    WHERE i.state = 'open' AND i.kind = of_kind AND i.opened_at >= since
  $$;
GRANT SELECT (id, kind, centre_id, state, opened_at, cell_r9) ON incidents.incident TO hjerteloeber_across;
GRANT SELECT (incident_id, point_sealed) ON incidents.incident_place TO hjerteloeber_across;
GRANT SELECT (incident_id, key_id, wrapped) ON incidents.data_key TO hjerteloeber_across;
REVOKE ALL ON FUNCTION incidents.open_since(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents.open_since(text, timestamptz) TO hjerteloeber_api, hjerteloeber_worker;
DO $$
DECLARE above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA incidents TO hjerteloeber_across;
  ALTER FUNCTION incidents.open_since(text, timestamptz) OWNER TO hjerteloeber_across;
  REVOKE CREATE ON SCHEMA incidents FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
