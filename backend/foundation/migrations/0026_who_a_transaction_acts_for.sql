-- Row-level security stands on these two. `Database.acting_as` sets centre and person LOCAL in every transaction, and
-- `enter` and `become` set them later in it. Nobody set: NULL, and no row is equal to NULL.
-- In a policy always as `(SELECT foundation.centre())`: then it is asked once a statement and not once a row.
CREATE FUNCTION foundation.centre() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('hjerteloeber.centre', true), '')::uuid;

CREATE FUNCTION foundation.person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('hjerteloeber.person', true), '')::uuid;

-- Who owns the few functions that look across centres and people (SECURITY DEFINER, they give ids and metres), and in
-- whose name a migration fills new columns of old rows. No process can become either of them.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['hjerteloeber_across', 'hjerteloeber_backfill']
  LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA foundation, identity, regions, volunteers, delivery, locations, aeds, incidents, selection, alerts,
  responses, recruitment, signup TO hjerteloeber_across, hjerteloeber_backfill;
-- PostgreSQL gives a function only to who may make one in its schema; a superuser would not notice.
GRANT CREATE ON SCHEMA identity, volunteers, delivery, locations, incidents, alerts, responses, foundation TO hjerteloeber_across;
