-- Contract of 0027: a database with rows that are not sealed yet stops here, at SET NOT NULL, and `hjerteloeber migrate`
-- with HJERTELOEBER_DATA_KEY_FILE seals them first, in this same transaction.
ALTER TABLE volunteers.volunteer_identity ALTER COLUMN phone_sealed SET NOT NULL, ALTER COLUMN name_sealed SET NOT NULL;
ALTER TABLE volunteers.volunteer_identity DROP COLUMN phone, DROP COLUMN name;
ALTER TABLE incidents.incident_place ALTER COLUMN point_sealed SET NOT NULL, ALTER COLUMN address_sealed SET NOT NULL;
ALTER TABLE incidents.incident_place DROP COLUMN lat, DROP COLUMN lon, DROP COLUMN address, DROP COLUMN dar_id,
  DROP COLUMN floor, DROP COLUMN door, DROP COLUMN entrance, DROP COLUMN door_code, DROP COLUMN precision_class;
ALTER TABLE delivery.bare_address ALTER COLUMN value_sealed SET NOT NULL;
ALTER TABLE delivery.bare_address DROP COLUMN value;
