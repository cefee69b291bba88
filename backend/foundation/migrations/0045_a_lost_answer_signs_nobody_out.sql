-- A phone whose answer was lost spends its refresh token again, with another proof: which ones were shown for it.
ALTER TABLE identity.refresh_token ADD COLUMN spent_with bytea[] NOT NULL DEFAULT '{}';

-- Of a family only the token spent last and what was given for it are kept. An older one is known by the family that its
-- text names: whose that is, before anybody is known.
CREATE FUNCTION identity.of_refresh_family(family uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$ SELECT t.volunteer_id FROM identity.refresh_token t WHERE t.family_id = family LIMIT 1 $$;
REVOKE ALL ON FUNCTION identity.of_refresh_family FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.of_refresh_family TO hjerteloeber_api;
GRANT SELECT (family_id) ON identity.refresh_token TO hjerteloeber_across;
-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA identity TO hjerteloeber_across;
  ALTER FUNCTION identity.of_refresh_family OWNER TO hjerteloeber_across;
  REVOKE CREATE ON SCHEMA identity FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;

-- identity.code_count has taken its place (0029), and nothing that runs reads or writes it.
DROP TABLE signup.codes_sent;
