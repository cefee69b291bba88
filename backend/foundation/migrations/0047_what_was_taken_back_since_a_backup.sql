-- A restored backup also knows people as withdrawn who took that back since: their seven days would run out, and they
-- would be erased for good. As in 0032: ids, for whoever has the list of erasures.
CREATE FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamptz[]) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$
    SELECT v.id FROM unnest(people, took_back) AS l (id, at) JOIN volunteers.volunteer v ON v.id = l.id
    WHERE v.state = 'withdrawn' AND v.withdrawn_at < l.at ORDER BY v.id
  $$;
-- A list without a line, although somebody was erased, is a disk that is not mounted.
CREATE FUNCTION volunteers.anybody_erased() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS $$ SELECT EXISTS (SELECT FROM volunteers.volunteer v WHERE v.state = 'erased' AND v.kind = 'live') $$;
GRANT SELECT (withdrawn_at, kind) ON volunteers.volunteer TO hjerteloeber_across;
REVOKE ALL ON FUNCTION volunteers.withdrew_before(uuid[], timestamptz[]), volunteers.anybody_erased() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION volunteers.withdrew_before(uuid[], timestamptz[]), volunteers.anybody_erased()
  TO hjerteloeber_api, hjerteloeber_worker, hjerteloeber_owner;
-- Giving a function away takes being a member of its new owner, for a moment.
DO $$
DECLARE
  above boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT above THEN
    EXECUTE format('GRANT hjerteloeber_across TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA volunteers TO hjerteloeber_across;
  ALTER FUNCTION volunteers.withdrew_before(uuid[], timestamptz[]) OWNER TO hjerteloeber_across;
  ALTER FUNCTION volunteers.anybody_erased() OWNER TO hjerteloeber_across;
  REVOKE CREATE ON SCHEMA volunteers FROM hjerteloeber_across;
  IF NOT above THEN
    EXECUTE format('REVOKE hjerteloeber_across FROM %I', current_user);
  END IF;
END $$;
