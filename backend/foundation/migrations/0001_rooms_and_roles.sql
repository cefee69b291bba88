-- One schema per room, so that who owns a table can be read from its name; one role per actor, so that
-- rights can be narrowed later without touching a query. Roles belong to the whole server and may exist already.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['hjerteloeber_owner', 'hjerteloeber_api', 'hjerteloeber_worker', 'hjerteloeber_stats', 'hjerteloeber_campaigns']
  LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

CREATE EXTENSION IF NOT EXISTS btree_gist;  -- exclusion constraints over (code, validity)

CREATE SCHEMA IF NOT EXISTS foundation;
CREATE SCHEMA identity;
CREATE SCHEMA regions;
CREATE SCHEMA volunteers;
CREATE SCHEMA delivery;
CREATE SCHEMA locations;
CREATE SCHEMA aeds;
CREATE SCHEMA incidents;
CREATE SCHEMA selection;
CREATE SCHEMA alerts;
CREATE SCHEMA responses;

GRANT USAGE ON SCHEMA foundation, identity, regions, volunteers, delivery, locations, aeds, incidents, selection, alerts, responses
  TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker, hjerteloeber_stats;

-- The kinds that may never meet: a drill must not ring a citizen, a citizen's alarm must not ring a test phone.
CREATE DOMAIN foundation.kind AS text CHECK (VALUE IN ('live', 'exercise', 'test', 'synthetic'));
