-- Who may be whom in the database: run once, by its superuser, in the new database (infra/postgres/log-ins.sh does).
-- Afterwards the superuser is for backups and emergencies only; no process of ours knows it.
--   hl_owner      migrates and runs the operator's commands; owns the tables, and is bound by row-level security
--   hl_serve      the API
--   hl_work       the worker
--   hl_campaigns  the campaigns' process: reads no table about people
DO $$
DECLARE role text;
BEGIN
  EXECUTE format('CREATE ROLE hl_owner LOGIN CREATEROLE NOBYPASSRLS PASSWORD %L', current_setting('log_ins.owner'));
  EXECUTE format('CREATE ROLE hl_serve LOGIN NOBYPASSRLS PASSWORD %L', current_setting('log_ins.serve'));
  EXECUTE format('CREATE ROLE hl_work LOGIN NOBYPASSRLS PASSWORD %L', current_setting('log_ins.work'));
  EXECUTE format('CREATE ROLE hl_campaigns LOGIN NOBYPASSRLS PASSWORD %L', current_setting('log_ins.campaigns'));
  EXECUTE format('ALTER DATABASE %I OWNER TO hl_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hl_serve, hl_work, hl_campaigns', current_database());
  -- What migrations make later the owner may take on as well: they act in the name of the roles they make. Not inherited:
  -- or the policies of who looks across, and of who fills old rows, would show the owner every row there is.
  ALTER ROLE hl_owner SET createrole_self_grant = 'set';
  FOREACH role IN ARRAY ARRAY['hjerteloeber_owner', 'hjerteloeber_api', 'hjerteloeber_worker', 'hjerteloeber_stats',
    'hjerteloeber_campaigns']
  LOOP
    EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    EXECUTE format('GRANT %I TO hl_owner WITH ADMIN TRUE, INHERIT %s, SET TRUE', role,
      CASE role WHEN 'hjerteloeber_owner' THEN 'TRUE' ELSE 'FALSE' END);
  END LOOP;
END $$;

GRANT hjerteloeber_api, hjerteloeber_stats TO hl_serve;
GRANT hjerteloeber_worker, hjerteloeber_stats TO hl_work;
GRANT hjerteloeber_campaigns TO hl_campaigns;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
