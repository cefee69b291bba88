-- What the migrations add up to. Written by `make schema`; a test compares. Never run.
CREATE SCHEMA addresses;
CREATE SCHEMA aeds;
CREATE SCHEMA alerts;
CREATE SCHEMA attention;
CREATE SCHEMA delivery;
CREATE SCHEMA foundation;
CREATE SCHEMA identity;
CREATE SCHEMA incidents;
CREATE SCHEMA locations;
CREATE SCHEMA recruitment;
CREATE SCHEMA regions;
CREATE SCHEMA responses;
CREATE SCHEMA selection;
CREATE SCHEMA signup;
CREATE SCHEMA volunteers;
CREATE SCHEMA webhooks;
CREATE DOMAIN foundation.kind AS text
	CONSTRAINT kind_check CHECK ((VALUE = ANY (ARRAY['live'::text, 'exercise'::text, 'test'::text, 'synthetic'::text])));
CREATE FUNCTION alerts.alerts_of_person() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT array_agg(a.id) FROM alerts.alert a WHERE a.volunteer_id = foundation.person() $$;
CREATE FUNCTION alerts.forget_synthetic(incidents uuid[]) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM alerts.alert a WHERE a.incident_id = ANY (incidents) AND a.kind = 'synthetic' RETURNING a.id;
$$;
CREATE FUNCTION alerts.incident_of(alert uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT a.incident_id FROM alerts.alert a WHERE a.id = alert $$;
CREATE FUNCTION alerts.incidents_of_person() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT array_agg(a.incident_id) FROM alerts.alert a WHERE a.volunteer_id = foundation.person() $$;
CREATE FUNCTION alerts.is_legal_move(before text, after text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN ((before = after) OR CASE before WHEN 'ringing'::text THEN (after = ANY (ARRAY['accepted'::text, 'declined'::text, 'missed'::text, 'unreachable'::text, 'withdrawn'::text, 'stood_down'::text])) WHEN 'declined'::text THEN (after = ANY (ARRAY['accepted'::text, 'stood_down'::text])) WHEN 'missed'::text THEN (after = ANY (ARRAY['accepted'::text, 'declined'::text, 'stood_down'::text])) WHEN 'unreachable'::text THEN (after = ANY (ARRAY['accepted'::text, 'declined'::text, 'stood_down'::text])) WHEN 'accepted'::text THEN (after = ANY (ARRAY['stood_down'::text, 'gave_up'::text, 'finished'::text])) WHEN 'withdrawn'::text THEN (after = 'ringing'::text) WHEN 'stood_down'::text THEN (after = 'ringing'::text) ELSE false END);
CREATE FUNCTION alerts.missions_of_person() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT array_agg(a.incident_id) FROM alerts.alert a
    WHERE a.volunteer_id = foundation.person() AND a.state = 'accepted'
  $$;
CREATE FUNCTION alerts.on_the_way_for_centre() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT array_agg(a.volunteer_id) FROM incidents.incident i JOIN alerts.alert a ON a.incident_id = i.id
    WHERE i.centre_id = foundation.centre() AND i.state = 'open' AND a.state = 'accepted'
  $$;
CREATE FUNCTION alerts.refuse_illegal_move() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'alert %: % -> % is no legal move', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
END
$$;
CREATE FUNCTION alerts.who_answered(people uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT p.id FROM unnest(people) AS p (id)
    WHERE EXISTS (
      SELECT FROM alerts.alert a WHERE a.volunteer_id = p.id AND a.kind = 'live' AND a.answered_at IS NOT NULL)
  $$;
CREATE FUNCTION delivery.attempt_is_one_s_own(attempt uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT m.volunteer_id = foundation.person()
    FROM delivery.attempt a JOIN delivery.delivery d ON d.id = a.delivery_id
    JOIN delivery.message m ON m.id = d.message_id WHERE a.id = attempt
  $$;
CREATE FUNCTION delivery.delivery_is_one_s_own(delivery uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT m.volunteer_id = foundation.person()
    FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id WHERE d.id = delivery
  $$;
CREATE FUNCTION delivery.forget_synthetic(subjects uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM delivery.answer_link l USING delivery.message m
  WHERE l.message_id = m.id AND m.subject_id = ANY (subjects) AND m.kind = 'synthetic';
  DELETE FROM delivery.receipt r USING delivery.delivery d, delivery.message m
  WHERE r.delivery_id = d.id AND d.message_id = m.id AND m.subject_id = ANY (subjects) AND m.kind = 'synthetic';
  DELETE FROM delivery.attempt_result r USING delivery.attempt a, delivery.delivery d, delivery.message m
  WHERE r.attempt_id = a.id AND a.delivery_id = d.id AND d.message_id = m.id AND m.subject_id = ANY (subjects)
    AND m.kind = 'synthetic';
  DELETE FROM delivery.attempt a USING delivery.delivery d, delivery.message m
  WHERE a.delivery_id = d.id AND d.message_id = m.id AND m.subject_id = ANY (subjects) AND m.kind = 'synthetic';
  DELETE FROM delivery.delivery d USING delivery.message m
  WHERE d.message_id = m.id AND m.subject_id = ANY (subjects) AND m.kind = 'synthetic';
  DELETE FROM delivery.message m WHERE m.subject_id = ANY (subjects) AND m.kind = 'synthetic';
$$;
CREATE FUNCTION delivery.held_text_messages() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT array_agg(a.volunteer_id) FROM delivery.delivery d JOIN volunteers.address a ON a.id = d.address_id
    WHERE d.state = 'leased' AND d.channel = 'sms'
  $$;
CREATE FUNCTION delivery.message_is_one_s_own(message uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT m.volunteer_id = foundation.person() FROM delivery.message m WHERE m.id = message $$;
CREATE FUNCTION delivery.of_answer_link(hash bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT m.volunteer_id FROM delivery.answer_link l JOIN delivery.message m ON m.id = l.message_id
    WHERE l.token_hash = hash
  $$;
CREATE FUNCTION delivery.refuse_late_attempt() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    message record;
BEGIN
    SELECT m.what, m.stopped_at, m.expires_at INTO message
    FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
    WHERE d.id = NEW.delivery_id FOR SHARE OF m;
    IF message.what IN ('ring', 'revision') AND message.stopped_at IS NOT NULL THEN
        RAISE EXCEPTION 'attempt %: its message was stopped', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF message.what = 'ring' AND NEW.started_at >= message.expires_at THEN
        RAISE EXCEPTION 'attempt %: its ring is over', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION foundation.centre() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('hjerteloeber.centre'::text, true), ''::text))::uuid;
CREATE FUNCTION foundation.entries_after(after bigint, at_most integer) RETURNS TABLE(id bigint, centre_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT e.id, e.centre_id FROM foundation.journal_entry e
    WHERE e.id > after AND e.incident_id IS NOT NULL ORDER BY e.id LIMIT at_most
  $$;
CREATE FUNCTION foundation.forget_synthetic(incidents uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM foundation.journal_entry e WHERE e.incident_id = ANY (incidents) AND e.kind = 'synthetic';
$$;
CREATE FUNCTION foundation.newest_entry() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT coalesce(max(e.id), 0) FROM foundation.journal_entry e $$;
CREATE FUNCTION foundation.person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('hjerteloeber.person'::text, true), ''::text))::uuid;
CREATE FUNCTION identity.of_refresh_family(family uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT t.volunteer_id FROM identity.refresh_token t WHERE t.family_id = family LIMIT 1 $$;
CREATE FUNCTION identity.of_refresh_token(hash bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT t.volunteer_id FROM identity.refresh_token t WHERE t.token_hash = hash $$;
CREATE TABLE identity.seat (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    name text NOT NULL,
    code_hash bytea,
    browser_hash bytea,
    key_id text NOT NULL,
    wrapped bytea NOT NULL,
    totp_sealed bytea NOT NULL,
    envelope_hash text NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    tries_since timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT seat_tries_check CHECK ((tries >= 0))
);
ALTER TABLE ONLY identity.seat FORCE ROW LEVEL SECURITY;
CREATE FUNCTION identity.seat_of_browser(browser_hash bytea) RETURNS TABLE(id uuid, centre_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT s.id,
     s.centre_id
    FROM identity.seat s
   WHERE ((s.browser_hash = seat_of_browser.browser_hash) AND (s.withdrawn_at IS NULL));
END;
CREATE FUNCTION identity.seat_of_code(code_hash bytea) RETURNS TABLE(id uuid, centre_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT s.id,
     s.centre_id
    FROM identity.seat s
   WHERE ((s.code_hash = seat_of_code.code_hash) AND (s.withdrawn_at IS NULL));
END;
CREATE TABLE identity.staff (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    issuer text,
    subject text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT staff_check CHECK (((issuer IS NULL) = (subject IS NULL))),
    CONSTRAINT staff_email_check CHECK ((email = lower(email)))
);
ALTER TABLE ONLY identity.staff FORCE ROW LEVEL SECURITY;
CREATE FUNCTION identity.staff_of_email(email text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    RETURN (SELECT s.id FROM identity.staff s WHERE (s.email = staff_of_email.email));
CREATE FUNCTION identity.staff_of_subject(issuer text, subject text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    RETURN (SELECT s.id FROM identity.staff s WHERE ((s.issuer = staff_of_subject.issuer) AND (s.subject = staff_of_subject.subject)));
CREATE TABLE identity.staff_session (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    centre_id uuid,
    seat_id uuid,
    how text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    fresh_at timestamp with time zone,
    pin_hash text,
    pin_tries integer DEFAULT 0 NOT NULL,
    parked_at timestamp with time zone,
    CONSTRAINT staff_session_how_check CHECK ((how = ANY (ARRAY['openid'::text, 'sealed'::text]))),
    CONSTRAINT staff_session_pin_tries_check CHECK ((pin_tries >= 0))
);
ALTER TABLE ONLY identity.staff_session FORCE ROW LEVEL SECURITY;
CREATE FUNCTION identity.staff_session_of(token_hash bytea) RETURNS TABLE(id uuid, staff_id uuid, centre_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    BEGIN ATOMIC
 SELECT s.id,
     s.staff_id,
     s.centre_id
    FROM identity.staff_session s
   WHERE ((s.token_hash = staff_session_of.token_hash) AND (s.parked_at IS NULL));
END;
CREATE FUNCTION identity.use_proof(proof bytea, until timestamp with time zone, who uuid, off_s real, at timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS $$
DECLARE fresh boolean; standing text;
BEGIN
  PERFORM pg_catalog.set_config('role', 'hjerteloeber_api', true), pg_catalog.set_config('synchronous_commit', 'off', true);
  INSERT INTO identity.used_proof (digest, forget_at) VALUES (proof, until) ON CONFLICT (digest) DO NOTHING
  RETURNING true INTO fresh;
  SELECT CASE WHEN c.disabled_at IS NOT NULL THEN 'disabled' WHEN c.frozen_at IS NOT NULL THEN 'frozen' END
  INTO standing FROM identity.client c WHERE c.id = who;
  IF off_s IS NOT NULL THEN
    INSERT INTO identity.client_clock (client_id, ahead_s, seen_at)
    SELECT c.id, off_s, at FROM identity.client c WHERE c.id = who
    ON CONFLICT (client_id) DO UPDATE SET ahead_s = excluded.ahead_s, seen_at = excluded.seen_at;
  END IF;
  RETURN CASE WHEN fresh IS NULL THEN 'repeated' ELSE coalesce(standing, 'taken') END;
END $$;
CREATE FUNCTION incidents.centre_of(incident uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT i.centre_id FROM incidents.incident i WHERE i.id = incident $$;
CREATE FUNCTION incidents.forget_synthetic(incidents uuid[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM incidents.request_key k USING incidents.incident i
  WHERE k.incident_id = i.id AND i.id = ANY (incidents) AND i.kind = 'synthetic';
  DELETE FROM incidents.possible_duplicate d USING incidents.incident i
  WHERE i.id IN (d.incident_id, d.other_id) AND i.id = ANY (incidents) AND i.kind = 'synthetic';
  DELETE FROM incidents.incident_place p USING incidents.incident i
  WHERE p.incident_id = i.id AND i.id = ANY (incidents) AND i.kind = 'synthetic';
  WITH gone AS (
    DELETE FROM incidents.incident i WHERE i.id = ANY (incidents) AND i.kind = 'synthetic' RETURNING i.id)
  SELECT count(*) FROM gone;
$$;
CREATE FUNCTION incidents.forget_synthetic_views(incidents uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM incidents.viewed v WHERE v.incident_id = ANY (incidents) AND v.kind = 'synthetic';
$$;
CREATE FUNCTION incidents.open_since(of_kind text, since timestamp with time zone) RETURNS TABLE(incident_id uuid, centre_id uuid, cell_r9 bigint, point_sealed bytea, key_id text, wrapped bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT i.id, i.centre_id, i.cell_r9, p.point_sealed, k.key_id, k.wrapped
    FROM incidents.incident i JOIN incidents.incident_place p ON p.incident_id = i.id
    LEFT JOIN incidents.data_key k ON k.incident_id = i.id
    WHERE i.state = 'open' AND i.kind = of_kind AND i.opened_at >= since
  $$;
CREATE FUNCTION incidents.synthetic_ended(before timestamp with time zone, at_most integer) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT i.id FROM incidents.incident i WHERE i.kind = 'synthetic' AND i.ended_at < before ORDER BY i.ended_at LIMIT at_most
  $$;
CREATE FUNCTION locations.keep_newest(people uuid[], cells bigint[], cells_r9 bigint[], coarse_cells bigint[], coarse_cells_r9 bigint[], accuracies_m real[], measured timestamp with time zone[], doubted_people uuid[], doubted_cells bigint[], at timestamp with time zone) RETURNS TABLE(volunteer_id uuid, active boolean, location_consent boolean, mission uuid, known_since timestamp with time zone, kept boolean, hidden boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    SET lock_timeout TO '1s'
    AS $$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    WITH sent AS (
      SELECT s.volunteer_id, s.cell, s.cell_r9, s.coarse_cell, s.coarse_cell_r9, s.accuracy_m, s.measured_at,
        v.state = 'active' AS active, v.on_duty, v.coarse_position AS coarse, c.location_consent, c.alarms_consent,
        e.mission
      FROM unnest(people, cells, cells_r9, coarse_cells, coarse_cells_r9, accuracies_m, measured)
        AS s (volunteer_id, cell, cell_r9, coarse_cell, coarse_cell_r9, accuracy_m, measured_at)
      CROSS JOIN LATERAL (
        SELECT v.state, v.on_duty, v.coarse_position FROM volunteers.volunteer v WHERE v.id = s.volunteer_id LIMIT 1) v
      CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(c.purpose = 'location'), false) AS location_consent,
               coalesce(bool_or(c.purpose = 'alarms'), false) AS alarms_consent
        FROM volunteers.consent c WHERE c.volunteer_id = s.volunteer_id AND c.withdrawn_at IS NULL) c
      LEFT JOIN LATERAL (
        SELECT e.incident_id AS mission FROM volunteers.engagement e
        WHERE e.volunteer_id = s.volunteer_id AND e.state = 'mission' LIMIT 1) e ON true),
    hidden AS (
      SELECT n.volunteer_id FROM unnest(doubted_people, doubted_cells) AS n (volunteer_id, cell)
      JOIN locations.blackout_cell b ON b.cell = n.cell AND NOT b.coarse
      JOIN locations.blackout_area a ON a.id = b.area_id AND a.valid @> at
      UNION
      SELECT s.volunteer_id FROM sent s
      JOIN locations.blackout_cell b ON b.cell = s.coarse_cell AND b.coarse
      JOIN locations.blackout_area a ON a.id = b.area_id AND a.valid @> at WHERE s.coarse),
    left_behind AS (
      DELETE FROM locations.position p USING sent s, hidden h
      WHERE h.volunteer_id = s.volunteer_id AND p.volunteer_id = s.volunteer_id AND p.measured_at <= s.measured_at),
    exact AS (
      DELETE FROM locations.mission_position m USING sent s, hidden h
      WHERE h.volunteer_id = s.volunteer_id AND m.volunteer_id = s.volunteer_id AND m.measured_at <= s.measured_at),
    kept AS (
      INSERT INTO locations.position AS p
        (volunteer_id, cell, cell_r9, accuracy_m, coarse, available, measured_at, seen_at)
      SELECT volunteer_id, CASE WHEN coarse THEN coarse_cell ELSE cell END,
        CASE WHEN coarse THEN coarse_cell_r9 ELSE cell_r9 END, accuracy_m, coarse, on_duty AND alarms_consent,
        measured_at, measured_at
      FROM sent WHERE active AND location_consent AND measured_at IS NOT NULL
        AND volunteer_id NOT IN (SELECT h.volunteer_id FROM hidden h)
      ORDER BY volunteer_id
      ON CONFLICT (volunteer_id) DO UPDATE
      SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9, accuracy_m = EXCLUDED.accuracy_m,
        coarse = EXCLUDED.coarse, available = EXCLUDED.available, measured_at = EXCLUDED.measured_at,
        seen_at = greatest(p.seen_at, EXCLUDED.seen_at)
      WHERE p.measured_at < EXCLUDED.measured_at
      RETURNING p.volunteer_id)
    SELECT s.volunteer_id, s.active, s.location_consent, s.mission, p.measured_at,
      s.volunteer_id IN (SELECT k.volunteer_id FROM kept k), s.volunteer_id IN (SELECT h.volunteer_id FROM hidden h)
    FROM sent s
    LEFT JOIN LATERAL (
      SELECT p.measured_at FROM locations.position p WHERE p.volunteer_id = s.volunteer_id LIMIT 1) p ON true;
  END $$;
CREATE FUNCTION responses.forget_synthetic(incidents uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
  DELETE FROM responses.status s USING alerts.alert a
  WHERE s.alert_id = a.id AND a.incident_id = ANY (incidents) AND a.kind = 'synthetic';
$$;
CREATE FUNCTION selection.available_in_turn(cells_r9 bigint[], parts bigint[], at_least integer, of_kind foundation.kind, oldest timestamp with time zone, minute_of_week integer, at timestamp with time zone, patient_cell bigint, patient_may_be bigint[]) RETURNS TABLE(volunteer_id uuid, cell bigint, age_s integer, from_place text, turn integer, askable boolean, too_old boolean, snoozed boolean, quiet boolean, engaged text, has_address boolean, over_water boolean)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_memoize TO 'off'
    SET jit TO 'off'
    AS $$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    SELECT near.volunteer_id, near.cell, near.age_s, near.from_place, near.turn::int, near.askable, near.too_old,
      near.snoozed, near.quiet, near.engaged, near.has_address,
      coalesce(
        CASE WHEN (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = patient_cell) IS NOT NULL THEN
          (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = near.cell_r9) <> ALL (
            ARRAY(SELECT DISTINCT l.land FROM locations.land_cell l WHERE l.cell_r9 = ANY (patient_may_be))) END,
        false)
    FROM (
      SELECT known.*, count(*) FILTER (WHERE known.askable)
        OVER (ORDER BY known.turn GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS askable_before
      FROM (
        SELECT told.turn, here.volunteer_id, here.cell, here.cell_r9, here.age_s, here.from_place, here.too_old,
          v.snoozed, v.quiet, e.state AS engaged, a.healthy IS NOT NULL AS has_address,
          NOT (here.too_old OR v.snoozed OR v.quiet) AND e.state IS NULL AND a.healthy IS NOT NULL AS askable
        FROM unnest(cells_r9, parts) WITH ORDINALITY AS told (cell_r9, part, turn)
        CROSS JOIN LATERAL (
          SELECT p.volunteer_id, p.cell, p.cell_r9, extract(epoch FROM at - p.seen_at)::int AS age_s,
                 'live' AS from_place, p.seen_at < oldest AS too_old
          FROM locations.position p
          WHERE p.cell_r9 = told.cell_r9 AND p.available
            AND p.cell BETWEEN coalesce(told.part, 0) AND coalesce(told.part, 9223372036854775807)
          UNION ALL
          SELECT f.volunteer_id, f.cell, f.cell_r9, NULL, f.place, false
          FROM locations.fixed_place f
          WHERE f.cell_r9 = told.cell_r9 AND f.available
            AND f.cell BETWEEN coalesce(told.part, 0) AND coalesce(told.part, 9223372036854775807)) here
        CROSS JOIN LATERAL (
          SELECT coalesce(v.snoozed_until > at, false) AS snoozed, v.quiet_week @> minute_of_week AS quiet
          FROM volunteers.volunteer v
          WHERE v.id = here.volunteer_id AND v.kind = of_kind AND v.state = 'active' LIMIT 1) v
        LEFT JOIN LATERAL (
          SELECT true AS fresh FROM locations.position p
          WHERE here.from_place <> 'live' AND p.volunteer_id = here.volunteer_id AND p.seen_at >= oldest LIMIT 1) live
          ON true
        LEFT JOIN LATERAL (
          SELECT e.state FROM volunteers.engagement e WHERE e.volunteer_id = here.volunteer_id LIMIT 1) e ON true
        LEFT JOIN LATERAL (
          SELECT true AS healthy FROM volunteers.address a
          WHERE a.volunteer_id = here.volunteer_id AND a.health = 'healthy' LIMIT 1) a ON true
        WHERE live.fresh IS NULL) known) near
    WHERE near.askable_before < at_least;
  END $$;
CREATE FUNCTION selection.forget_synthetic(incidents uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    DELETE FROM selection.candidate c USING incidents.incident i
    WHERE c.incident_id = i.id AND i.id = ANY (incidents) AND i.kind = 'synthetic';
  $$;
CREATE FUNCTION volunteers.anybody_erased() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT EXISTS (SELECT FROM volunteers.volunteer v WHERE v.state = 'erased' AND v.kind = 'live') $$;
CREATE FUNCTION volunteers.not_erased(people uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT v.id FROM volunteers.volunteer v WHERE v.id = ANY (people) AND v.state <> 'erased' ORDER BY v.id $$;
CREATE FUNCTION volunteers.of_phone(hash bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT i.volunteer_id FROM volunteers.volunteer_identity i WHERE i.phone_hash = hash $$;
CREATE FUNCTION volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = at
    WHERE channel = on_channel AND value = told AND device_id <> device
  $$;
CREATE FUNCTION volunteers.still_active(people uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT v.id FROM volunteers.volunteer v WHERE v.id = ANY (people) AND v.state = 'active' ORDER BY v.id $$;
CREATE FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT v.id FROM unnest(people, took_back) AS l (id, at) JOIN volunteers.volunteer v ON v.id = l.id
    WHERE v.state = 'withdrawn' AND v.withdrawn_at < l.at ORDER BY v.id
  $$;
CREATE TABLE addresses.address (
    edition integer NOT NULL,
    street_id integer NOT NULL,
    number smallint NOT NULL,
    letter text NOT NULL,
    floor text NOT NULL,
    door text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    dar_id uuid NOT NULL
);
CREATE TABLE addresses.edition (
    id integer NOT NULL,
    source text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    streets integer NOT NULL,
    addresses integer NOT NULL,
    in_use boolean NOT NULL
);
CREATE TABLE addresses.postcode (
    edition integer NOT NULL,
    postcode text NOT NULL,
    place text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    radius_m integer NOT NULL
);
CREATE TABLE addresses.street (
    edition integer NOT NULL,
    id integer NOT NULL,
    name text NOT NULL,
    postcode text NOT NULL,
    place text NOT NULL,
    village text NOT NULL,
    place_words text NOT NULL COLLATE pg_catalog."C",
    municipality text NOT NULL,
    addresses integer NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    radius_m integer NOT NULL
);
CREATE TABLE addresses.street_key (
    edition integer NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    street_id integer NOT NULL,
    whole boolean NOT NULL
);
CREATE TABLE aeds.aed (
    id uuid NOT NULL,
    source text NOT NULL,
    source_id text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    cell_r9 bigint NOT NULL,
    name text,
    location_text text,
    floor text,
    indoor boolean,
    opening_hours text,
    cabinet_code text,
    phone text,
    state text NOT NULL,
    state_at timestamp with time zone NOT NULL,
    problems integer DEFAULT 0 NOT NULL,
    confirmed_at timestamp with time zone,
    gone_at timestamp with time zone,
    CONSTRAINT aed_state_check CHECK ((state = ANY (ARRAY['in_place'::text, 'picked_up'::text, 'not_there'::text, 'locked'::text, 'dead'::text])))
);
CREATE TABLE aeds.import_source (
    source text NOT NULL,
    licence text NOT NULL,
    attribution text NOT NULL,
    made_up boolean NOT NULL,
    imported_at timestamp with time zone NOT NULL
);
CREATE TABLE aeds.reservation (
    aed_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    reserved_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY aeds.reservation FORCE ROW LEVEL SECURITY;
CREATE TABLE alerts.alert (
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    centre_id uuid NOT NULL,
    pseudonym text NOT NULL,
    wave integer NOT NULL,
    ring_no integer NOT NULL,
    metres integer NOT NULL,
    position_age_s integer,
    state text NOT NULL,
    reason text,
    asked_at timestamp with time zone NOT NULL,
    rings_until timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    place integer,
    left_reach boolean DEFAULT false NOT NULL,
    way_m integer,
    role text,
    aed_id uuid,
    ended_at timestamp with time zone,
    last_sign_at timestamp with time zone NOT NULL,
    unheard_revision integer DEFAULT 0 NOT NULL,
    arrived_at timestamp with time zone,
    CONSTRAINT alert_check CHECK (((state <> ALL (ARRAY['accepted'::text, 'gave_up'::text, 'finished'::text])) OR ((place IS NOT NULL) AND (role IS NOT NULL)))),
    CONSTRAINT alert_check1 CHECK (((state = ANY (ARRAY['ringing'::text, 'accepted'::text])) = (ended_at IS NULL))),
    CONSTRAINT alert_role_check CHECK ((role = ANY (ARRAY['direct'::text, 'aed'::text, 'guide'::text, 'standby'::text]))),
    CONSTRAINT alert_state_check CHECK ((state = ANY (ARRAY['ringing'::text, 'accepted'::text, 'declined'::text, 'missed'::text, 'unreachable'::text, 'withdrawn'::text, 'stood_down'::text, 'gave_up'::text, 'finished'::text])))
);
ALTER TABLE ONLY alerts.alert FORCE ROW LEVEL SECURITY;
CREATE TABLE attention.agreement (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    to_id uuid NOT NULL,
    after_s integer NOT NULL,
    from_hour smallint NOT NULL,
    to_hour smallint NOT NULL,
    lends_for_s integer NOT NULL,
    valid tstzrange NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT agreement_after_s_check CHECK (((after_s >= 10) AND (after_s <= 3600))),
    CONSTRAINT agreement_check CHECK ((centre_id <> to_id)),
    CONSTRAINT agreement_from_hour_check CHECK (((from_hour >= 0) AND (from_hour <= 23))),
    CONSTRAINT agreement_lends_for_s_check CHECK (((lends_for_s >= 60) AND (lends_for_s <= 43200))),
    CONSTRAINT agreement_to_hour_check CHECK (((to_hour >= 0) AND (to_hour <= 23))),
    CONSTRAINT agreement_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);
ALTER TABLE ONLY attention.agreement FORCE ROW LEVEL SECURITY;
CREATE TABLE attention.item (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    what text NOT NULL,
    subject text NOT NULL,
    incident_id uuid,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    acknowledged_by_id uuid,
    CONSTRAINT item_acknowledged_by_check CHECK ((acknowledged_by = ANY (ARRAY['staff'::text, 'system'::text]))),
    CONSTRAINT item_check CHECK ((((acknowledged_at IS NULL) = (acknowledged_by IS NULL)) AND ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)))),
    CONSTRAINT item_kind_check CHECK (((kind)::text = ANY (ARRAY['live'::text, 'exercise'::text]))),
    CONSTRAINT item_what_check CHECK ((what = ANY (ARRAY['new_alarm'::text, 'nobody_accepted'::text, 'word'::text, 'flagged'::text, 'second_person'::text, 'still_going'::text, 'channel_down'::text, 'feed_silent'::text, 'handover_received'::text])))
);
ALTER TABLE ONLY attention.item FORCE ROW LEVEL SECURITY;
CREATE TABLE attention.looked (
    only_one boolean DEFAULT true NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT looked_only_one_check CHECK (only_one)
);
CREATE TABLE attention.rule (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    acknowledges text NOT NULL,
    nobody_after_s integer NOT NULL,
    valid tstzrange NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT rule_acknowledges_check CHECK ((acknowledges = ANY (ARRAY['system'::text, 'console'::text]))),
    CONSTRAINT rule_nobody_after_s_check CHECK (((nobody_after_s >= 10) AND (nobody_after_s <= 3600))),
    CONSTRAINT rule_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);
ALTER TABLE ONLY attention.rule FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.answer_link (
    token_hash bytea NOT NULL,
    message_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone
);
ALTER TABLE ONLY delivery.answer_link FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.attempt (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    fence bigint NOT NULL,
    provider text NOT NULL,
    started_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY delivery.attempt FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.attempt_result (
    attempt_id uuid NOT NULL,
    outcome text NOT NULL,
    code text,
    provider_reference text,
    latency_ms integer,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT attempt_result_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'rejected'::text, 'ambiguous'::text, 'not_sent'::text])))
);
ALTER TABLE ONLY delivery.attempt_result FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.bare_address (
    id uuid NOT NULL,
    channel text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    value_sealed bytea NOT NULL,
    CONSTRAINT bare_address_channel_check CHECK ((channel = 'sms'::text))
);
ALTER TABLE ONLY delivery.bare_address FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.channel_switch (
    channel text NOT NULL,
    enabled boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT channel_switch_channel_check CHECK ((channel = ANY (ARRAY['fcm'::text, 'sms'::text, 'in_app'::text])))
);
CREATE TABLE delivery.delivery (
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    channel text NOT NULL,
    address_id uuid,
    bare_address_id uuid,
    state text NOT NULL,
    urgency smallint NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    fence bigint DEFAULT 0 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    ambiguous boolean DEFAULT false NOT NULL,
    reason text,
    settled_at timestamp with time zone,
    CONSTRAINT delivery_channel_check CHECK ((channel = ANY (ARRAY['fcm'::text, 'sms'::text, 'in_app'::text]))),
    CONSTRAINT delivery_check CHECK (((state = 'leased'::text) = (lease_until IS NOT NULL))),
    CONSTRAINT delivery_check1 CHECK (((state = ANY (ARRAY['queued'::text, 'leased'::text])) = (settled_at IS NULL))),
    CONSTRAINT delivery_check2 CHECK (((address_id IS NULL) <> (bare_address_id IS NULL))),
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'leased'::text, 'accepted'::text, 'rejected'::text, 'expired'::text, 'stopped'::text, 'not_needed'::text])))
);
ALTER TABLE ONLY delivery.delivery FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.message (
    id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    what text NOT NULL,
    subject_id uuid NOT NULL,
    volunteer_id uuid,
    content jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    CONSTRAINT message_what_check CHECK ((what = ANY (ARRAY['ring'::text, 'stand_down'::text, 'revision'::text, 'word'::text, 'code'::text, 'test_alarm'::text, 'notice'::text])))
);
ALTER TABLE ONLY delivery.message FORCE ROW LEVEL SECURITY;
CREATE TABLE delivery.receipt (
    delivery_id uuid NOT NULL,
    shown_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY delivery.receipt FORCE ROW LEVEL SECURITY;
CREATE TABLE foundation.chore_day (
    what text NOT NULL,
    day date NOT NULL,
    every_s real NOT NULL,
    looks integer NOT NULL,
    failed integer NOT NULL,
    removed bigint NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    last_due bigint NOT NULL,
    last_removed bigint NOT NULL,
    last_failed boolean NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE ONLY foundation.chore_day FORCE ROW LEVEL SECURITY;
CREATE TABLE foundation.journal_entry (
    id bigint NOT NULL,
    incident_id uuid,
    seq integer,
    event text NOT NULL,
    at timestamp with time zone NOT NULL,
    kind foundation.kind,
    centre_id uuid,
    role text NOT NULL,
    person_id uuid,
    facts jsonb NOT NULL,
    CONSTRAINT journal_entry_check CHECK (((incident_id IS NULL) = (seq IS NULL)))
);
ALTER TABLE ONLY foundation.journal_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE foundation.journal_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME foundation.journal_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE foundation.journal_seal (
    "position" bigint NOT NULL,
    source text NOT NULL,
    record_id text NOT NULL,
    digest bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT journal_seal_source_check CHECK ((source = ANY (ARRAY['entry'::text, 'attempt'::text, 'attempt_result'::text, 'view'::text])))
);
CREATE TABLE foundation.migration (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE foundation.timer (
    subject_id uuid NOT NULL,
    reason text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY foundation.timer FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.approval (
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    centre_id uuid,
    facts jsonb NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    fetched_at timestamp with time zone,
    CONSTRAINT approval_check CHECK (((decided_by <> asked_by) OR (state = 'taken_back'::text))),
    CONSTRAINT approval_check1 CHECK (((state = 'waiting'::text) = (decided_at IS NULL))),
    CONSTRAINT approval_check2 CHECK (((state <> ALL (ARRAY['approved'::text, 'refused'::text])) OR (decided_by IS NOT NULL))),
    CONSTRAINT approval_check3 CHECK (((fetched_at IS NULL) OR (state = 'approved'::text))),
    CONSTRAINT approval_kind_check CHECK ((kind = ANY (ARRAY['area_alert'::text, 'policy_change'::text, 'export'::text, 'freeze_client'::text, 'unfreeze_client'::text, 'by_hand_limit'::text, 'attention_rule'::text, 'overflow'::text, 'overflow_end'::text]))),
    CONSTRAINT approval_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'refused'::text, 'taken_back'::text, 'ran_out'::text])))
);
ALTER TABLE ONLY identity.approval FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.client (
    id uuid NOT NULL,
    client_id text NOT NULL,
    centre_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    frozen_at timestamp with time zone,
    CONSTRAINT client_writes_its_own_kind CHECK (
CASE
    WHEN ((kind)::text = 'exercise'::text) THEN (NOT ('incidents:write'::text = ANY (scopes)))
    ELSE (NOT ('exercises:write'::text = ANY (scopes)))
END)
);
CREATE TABLE identity.client_certificate (
    client_id uuid NOT NULL,
    slot smallint NOT NULL,
    subject text,
    thumbprint bytea,
    added_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    CONSTRAINT client_certificate_check CHECK ((num_nonnulls(subject, thumbprint) = 1)),
    CONSTRAINT client_certificate_slot_check CHECK ((slot = ANY (ARRAY[1, 2])))
);
ALTER TABLE ONLY identity.client_certificate FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.client_clock (
    client_id uuid NOT NULL,
    ahead_s real NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY identity.client_clock FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.client_key (
    client_id uuid NOT NULL,
    slot smallint NOT NULL,
    thumbprint text NOT NULL,
    jwk jsonb NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT client_key_slot_check CHECK ((slot = ANY (ARRAY[1, 2])))
);
ALTER TABLE ONLY identity.client_key FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.code_count (
    bucket bytea NOT NULL,
    minute timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    answered integer NOT NULL,
    ore integer NOT NULL,
    CONSTRAINT code_count_answered_check CHECK ((answered >= 0)),
    CONSTRAINT code_count_ore_check CHECK ((ore >= 0)),
    CONSTRAINT code_count_sent_check CHECK ((sent >= 0))
);
ALTER TABLE ONLY identity.code_count FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.one_time_code (
    id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    code_hash bytea NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    counted_in bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    CONSTRAINT one_time_code_tries_check CHECK ((tries <= 6))
);
CREATE TABLE identity.refresh_token (
    id uuid NOT NULL,
    family_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    device_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    device_key text,
    spent_with bytea[] DEFAULT '{}'::bytea[] NOT NULL
);
ALTER TABLE ONLY identity.refresh_token FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.staff_role (
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    centre_id uuid,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    withdrawn_at timestamp with time zone,
    CONSTRAINT staff_role_check CHECK ((until > since)),
    CONSTRAINT staff_role_role_check CHECK ((role = ANY (ARRAY['visitator'::text, 'teknisk_disponent'::text, 'vagthavende'::text, 'amk_laege'::text, 'driftsansvarlig'::text, 'revisor'::text])))
);
ALTER TABLE ONLY identity.staff_role FORCE ROW LEVEL SECURITY;
CREATE TABLE identity.used_proof (
    digest bytea NOT NULL,
    forget_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY identity.used_proof FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.by_hand (
    incident_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    centre_id uuid NOT NULL,
    raised_by uuid NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    above text[] NOT NULL,
    decision text,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT by_hand_above_check CHECK ((above <@ ARRAY['an_hour'::text, 'uncertain'::text])),
    CONSTRAINT by_hand_check CHECK ((decided_by <> raised_by)),
    CONSTRAINT by_hand_check1 CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT by_hand_check2 CHECK (((decision IS NULL) OR (above <> '{}'::text[]))),
    CONSTRAINT by_hand_decision_check CHECK ((decision = ANY (ARRAY['confirmed'::text, 'stopped'::text])))
);
ALTER TABLE ONLY incidents.by_hand FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.by_hand_limit (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    an_hour integer NOT NULL,
    uncertain_m integer NOT NULL,
    valid tstzrange NOT NULL,
    author text NOT NULL,
    CONSTRAINT by_hand_limit_an_hour_check CHECK ((an_hour >= 0)),
    CONSTRAINT by_hand_limit_uncertain_m_check CHECK ((uncertain_m >= 0))
);
ALTER TABLE ONLY incidents.by_hand_limit FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.data_key (
    incident_id uuid NOT NULL,
    centre_id uuid NOT NULL,
    key_id text NOT NULL,
    wrapped bytea NOT NULL
);
ALTER TABLE ONLY incidents.data_key FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.incident (
    id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    centre_id uuid NOT NULL,
    case_number text NOT NULL,
    state text NOT NULL,
    asking text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    last_event_at timestamp with time zone NOT NULL,
    centre_asked_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason text,
    next_seq integer NOT NULL,
    revision integer NOT NULL,
    policy jsonb NOT NULL,
    cell_r9 bigint NOT NULL,
    municipality text,
    region text,
    accuracy_m double precision,
    coarse boolean NOT NULL,
    exclusions text[] NOT NULL,
    override_reason text,
    circumstances text[] NOT NULL,
    age_group text,
    patient_sex text,
    patient_sex_at timestamp with time zone,
    dansk_indeks text,
    dansk_indeks_at timestamp with time zone,
    call_taker_group text,
    call_taker_group_at timestamp with time zone,
    call_received_at timestamp with time zone,
    recognised_at timestamp with time zone,
    linked_to uuid,
    reach_step integer DEFAULT 0 NOT NULL,
    reach_since timestamp with time zone,
    wanted integer DEFAULT 0 NOT NULL,
    lacking integer DEFAULT 0 NOT NULL,
    numbered_by uuid,
    wished integer DEFAULT 0 NOT NULL,
    CONSTRAINT incident_asking_check CHECK ((asking = ANY (ARRAY['pending'::text, 'asked'::text, 'nobody_in_reach'::text, 'excluded'::text]))),
    CONSTRAINT incident_check CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT incident_check1 CHECK (((state = 'ended'::text) = (end_reason IS NOT NULL))),
    CONSTRAINT incident_lacking_check CHECK ((lacking >= 0)),
    CONSTRAINT incident_reach_step_check CHECK ((reach_step >= 0)),
    CONSTRAINT incident_state_check CHECK ((state = ANY (ARRAY['open'::text, 'ended'::text]))),
    CONSTRAINT incident_wanted_check CHECK ((wanted >= 0)),
    CONSTRAINT incident_wished_check CHECK ((wished >= 0))
);
ALTER TABLE ONLY incidents.incident FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.incident_place (
    incident_id uuid NOT NULL,
    centre_id uuid NOT NULL,
    point_sealed bytea NOT NULL,
    address_sealed bytea NOT NULL,
    told_sealed bytea
);
ALTER TABLE ONLY incidents.incident_place FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.possible_duplicate (
    incident_id uuid NOT NULL,
    other_id uuid NOT NULL,
    centre_id uuid NOT NULL,
    metres integer NOT NULL
);
ALTER TABLE ONLY incidents.possible_duplicate FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.request_key (
    client_id uuid NOT NULL,
    key text NOT NULL,
    centre_id uuid NOT NULL,
    body_digest bytea NOT NULL,
    incident_id uuid NOT NULL,
    status integer NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    answer_sent bytea
);
ALTER TABLE ONLY incidents.request_key FORCE ROW LEVEL SECURITY;
CREATE TABLE incidents.viewed (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind foundation.kind NOT NULL,
    what text NOT NULL,
    viewer text NOT NULL,
    viewer_id uuid NOT NULL,
    device_id uuid,
    centre_id uuid NOT NULL,
    incident_id uuid,
    about_id uuid,
    case_number text,
    CONSTRAINT viewed_check CHECK (((what = 'preview'::text) = (case_number IS NOT NULL))),
    CONSTRAINT viewed_check1 CHECK (((incident_id IS NOT NULL) OR (what <> 'address'::text))),
    CONSTRAINT viewed_viewer_check CHECK ((viewer = ANY (ARRAY['volunteer'::text, 'dispatch'::text, 'staff'::text, 'operator'::text]))),
    CONSTRAINT viewed_what_check CHECK ((what = ANY (ARRAY['address'::text, 'candidates'::text, 'preview'::text, 'position'::text, 'name'::text])))
);
ALTER TABLE ONLY incidents.viewed FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents.viewed ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME incidents.viewed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE locations.blackout_area (
    id uuid NOT NULL,
    name text NOT NULL,
    valid tstzrange NOT NULL,
    source text NOT NULL,
    imported_at timestamp with time zone NOT NULL
);
CREATE TABLE locations.blackout_cell (
    cell bigint NOT NULL,
    coarse boolean NOT NULL,
    area_id uuid NOT NULL
);
CREATE TABLE locations.fixed_place (
    volunteer_id uuid NOT NULL,
    place text NOT NULL,
    cell bigint NOT NULL,
    cell_r9 bigint NOT NULL,
    available boolean NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT fixed_place_place_check CHECK ((place = ANY (ARRAY['home'::text, 'work'::text])))
);
ALTER TABLE ONLY locations.fixed_place FORCE ROW LEVEL SECURITY;
CREATE TABLE locations.land_cell (
    cell_r9 bigint NOT NULL,
    land integer,
    CONSTRAINT land_cell_land_check CHECK ((land > 0))
);
CREATE TABLE locations.land_part (
    name text NOT NULL,
    land integer NOT NULL,
    source text NOT NULL,
    licence text NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    CONSTRAINT land_part_land_check CHECK ((land > 0))
);
CREATE TABLE locations.mission_position (
    volunteer_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    accuracy_m real,
    measured_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY locations.mission_position FORCE ROW LEVEL SECURITY;
CREATE TABLE locations."position" (
    volunteer_id uuid NOT NULL,
    cell bigint NOT NULL,
    cell_r9 bigint NOT NULL,
    accuracy_m real,
    coarse boolean NOT NULL,
    available boolean NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');
ALTER TABLE ONLY locations."position" FORCE ROW LEVEL SECURITY;
CREATE TABLE recruitment.campaign (
    id uuid NOT NULL,
    name text NOT NULL,
    k integer NOT NULL,
    credit_days integer NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    told_on date,
    forgotten_at timestamp with time zone,
    made_up boolean DEFAULT false NOT NULL,
    CONSTRAINT campaign_check CHECK ((closes_at > opens_at)),
    CONSTRAINT campaign_credit_days_check CHECK (((credit_days >= 1) AND (credit_days <= 365))),
    CONSTRAINT campaign_k_check CHECK ((k >= 5))
);
CREATE TABLE recruitment.counting_group (
    campaign_id uuid NOT NULL,
    name text NOT NULL,
    way text NOT NULL,
    parent text,
    invited integer,
    opened_at timestamp with time zone NOT NULL,
    CONSTRAINT counting_group_check CHECK ((parent <> name)),
    CONSTRAINT counting_group_invited_check CHECK ((invited >= 0)),
    CONSTRAINT counting_group_way_check CHECK ((way = ANY (ARRAY['unit'::text, 'channel'::text, 'area'::text])))
);
CREATE TABLE recruitment.join_code (
    code text NOT NULL,
    campaign_id uuid NOT NULL,
    unit text NOT NULL,
    channel text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    begun bigint DEFAULT 0 NOT NULL
);
CREATE TABLE recruitment.member (
    volunteer_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    code text NOT NULL,
    area text NOT NULL,
    stage text NOT NULL,
    answered boolean DEFAULT false NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    CONSTRAINT member_stage_check CHECK ((stage = ANY (ARRAY['begun'::text, 'proven'::text, 'registered'::text, 'connected'::text, 'reachable'::text, 'trained'::text])))
);
ALTER TABLE ONLY recruitment.member FORCE ROW LEVEL SECURITY;
CREATE TABLE recruitment.tally (
    campaign_id uuid NOT NULL,
    stage text NOT NULL,
    group_name text NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT tally_count_check CHECK ((count >= 0))
);
CREATE TABLE recruitment.tellable (
    campaign_id uuid NOT NULL,
    stage text NOT NULL,
    group_name text NOT NULL,
    at_least integer NOT NULL,
    CONSTRAINT tellable_at_least_check CHECK ((at_least >= 0))
);
CREATE TABLE recruitment.told (
    campaign_id uuid NOT NULL,
    day date NOT NULL,
    stage text NOT NULL,
    group_name text NOT NULL,
    at_least integer NOT NULL,
    CONSTRAINT told_at_least_check CHECK ((at_least >= 0))
);
CREATE TABLE recruitment.touch (
    campaign_id uuid NOT NULL,
    phone_key bytea NOT NULL,
    code text NOT NULL,
    proven_at timestamp with time zone NOT NULL,
    already boolean DEFAULT false NOT NULL
);
CREATE VIEW recruitment.within AS
 WITH RECURSIVE up(campaign_id, part, whole, parent) AS (
         SELECT counting_group.campaign_id,
            counting_group.name,
            counting_group.name,
            counting_group.parent
           FROM recruitment.counting_group
        UNION ALL
         SELECT up_1.campaign_id,
            up_1.part,
            g.name,
            g.parent
           FROM (up up_1
             JOIN recruitment.counting_group g ON (((g.campaign_id = up_1.campaign_id) AND (g.name = up_1.parent))))
        )
 SELECT campaign_id,
    part,
    whole
   FROM up;
CREATE TABLE regions.access (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    acting_id uuid NOT NULL,
    why text NOT NULL,
    valid tstzrange NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT access_check CHECK ((centre_id <> acting_id)),
    CONSTRAINT access_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)))),
    CONSTRAINT access_why_check CHECK ((why = ANY (ARRAY['overflow'::text, 'merged'::text, 'agreement'::text]))),
    CONSTRAINT overflow_has_an_end CHECK (((why = 'merged'::text) OR (NOT upper_inf(valid))))
);
ALTER TABLE ONLY regions.access FORCE ROW LEVEL SECURITY;
CREATE TABLE regions.area (
    id uuid NOT NULL,
    level text NOT NULL,
    code text NOT NULL,
    name_da text NOT NULL,
    name_en text NOT NULL,
    parent text,
    valid tstzrange NOT NULL,
    shape bytea,
    source text NOT NULL,
    CONSTRAINT area_level_check CHECK ((level = ANY (ARRAY['region'::text, 'municipality'::text])))
);
CREATE TABLE regions.centre_area (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    level text NOT NULL,
    code text NOT NULL,
    valid tstzrange NOT NULL,
    CONSTRAINT centre_area_level_check CHECK ((level = ANY (ARRAY['region'::text, 'municipality'::text])))
);
CREATE TABLE regions.centre_number (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    number text NOT NULL,
    valid tstzrange NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT centre_number_number_check CHECK ((number ~ '^\+?[0-9]{3,15}$'::text)),
    CONSTRAINT centre_number_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);
ALTER TABLE ONLY regions.centre_number FORCE ROW LEVEL SECURITY;
CREATE TABLE regions.dispatch_centre (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind foundation.kind DEFAULT 'live'::text NOT NULL,
    valid tstzrange NOT NULL
);
CREATE TABLE regions.feed (
    centre_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    clock_ahead_s double precision NOT NULL,
    silent_since timestamp with time zone
)
WITH (fillfactor='50');
CREATE TABLE regions.postcode (
    postcode text NOT NULL,
    municipality text NOT NULL,
    CONSTRAINT postcode_postcode_check CHECK ((postcode ~ '^[0-9]{4}$'::text))
);
CREATE TABLE responses.status (
    alert_id uuid NOT NULL,
    centre_id uuid NOT NULL,
    status text NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT status_status_check CHECK ((status = ANY (ARRAY['en_route'::text, 'aed_picked_up'::text, 'on_scene'::text, 'with_patient'::text, 'finished'::text])))
);
ALTER TABLE ONLY responses.status FORCE ROW LEVEL SECURITY;
CREATE TABLE responses.word (
    alert_id uuid NOT NULL,
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    from_centre boolean NOT NULL,
    word text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    CONSTRAINT word_word_check CHECK ((word = ANY (ARRAY['door_locked'::text, 'door_open'::text, 'cannot_find'::text, 'unsafe'::text, 'somebody_meets_you'::text, 'wait_outside'::text, 'call_us'::text])))
);
ALTER TABLE ONLY responses.word FORCE ROW LEVEL SECURITY;
CREATE TABLE selection.candidate (
    incident_id uuid NOT NULL,
    wave integer NOT NULL,
    volunteer_id uuid NOT NULL,
    centre_id uuid NOT NULL,
    metres integer NOT NULL,
    age_s integer,
    from_place text NOT NULL,
    verdict text NOT NULL,
    CONSTRAINT candidate_from_place_check CHECK ((from_place = ANY (ARRAY['live'::text, 'home'::text, 'work'::text])))
);
ALTER TABLE ONLY selection.candidate FORCE ROW LEVEL SECURITY;
CREATE TABLE selection.policy (
    id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    fields jsonb NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE selection.policy_draft (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    based_on uuid NOT NULL,
    name text NOT NULL,
    fields jsonb NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY selection.policy_draft FORCE ROW LEVEL SECURITY;
CREATE TABLE selection.policy_in_force (
    id uuid NOT NULL,
    centre_id uuid,
    policy_id uuid NOT NULL,
    author text NOT NULL,
    valid tstzrange NOT NULL
);
CREATE TABLE signup.session (
    id_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE volunteers.address (
    id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    device_id uuid,
    channel text NOT NULL,
    value text,
    health text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    last_receipt_at timestamp with time zone,
    CONSTRAINT address_channel_check CHECK ((channel = ANY (ARRAY['fcm_token'::text, 'fcm_fid'::text, 'apns'::text, 'webpush'::text, 'sms'::text, 'in_app'::text]))),
    CONSTRAINT address_check CHECK (
CASE
    WHEN (health = 'retired'::text) THEN ((value IS NULL) AND (device_id IS NULL))
    ELSE (((channel = ANY (ARRAY['sms'::text, 'in_app'::text])) = (value IS NULL)) AND ((channel = 'sms'::text) = (device_id IS NULL)))
END),
    CONSTRAINT address_health_check CHECK ((health = ANY (ARRAY['healthy'::text, 'quarantined'::text, 'retired'::text]))),
    CONSTRAINT test_people_have_no_phone CHECK ((((kind)::text <> 'test'::text) OR (channel = 'in_app'::text)))
);
ALTER TABLE ONLY volunteers.address FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.consent (
    id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    purpose text NOT NULL,
    version text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT consent_purpose_check CHECK ((purpose = ANY (ARRAY['alarms'::text, 'location'::text, 'campaign_credit'::text, 'research'::text])))
);
ALTER TABLE ONLY volunteers.consent FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.data_key (
    volunteer_id uuid NOT NULL,
    key_id text NOT NULL,
    wrapped bytea NOT NULL
);
ALTER TABLE ONLY volunteers.data_key FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.device (
    id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    platform text NOT NULL,
    app_version text NOT NULL,
    language text NOT NULL,
    permissions jsonb NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    CONSTRAINT device_language_check CHECK ((language = ANY (ARRAY['da'::text, 'en'::text]))),
    CONSTRAINT device_platform_check CHECK ((platform = ANY (ARRAY['android'::text, 'ios'::text, 'web'::text])))
);
ALTER TABLE ONLY volunteers.device FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.engagement (
    volunteer_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    incident_id uuid NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT engagement_state_check CHECK ((state = ANY (ARRAY['ringing'::text, 'mission'::text])))
);
ALTER TABLE ONLY volunteers.engagement FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.volunteer (
    id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    training text NOT NULL,
    languages text[] NOT NULL,
    municipality text,
    join_code text,
    on_duty boolean NOT NULL,
    snoozed_until timestamp with time zone,
    quiet_week int4multirange DEFAULT '{}'::int4multirange NOT NULL,
    coarse_position boolean DEFAULT false NOT NULL,
    last_seen_at timestamp with time zone,
    erased_at timestamp with time zone,
    CONSTRAINT volunteer_erased_check CHECK (((state = 'erased'::text) = (erased_at IS NOT NULL))),
    CONSTRAINT volunteer_erased_is_bare_check CHECK (((state <> 'erased'::text) OR ((join_code IS NULL) AND (last_seen_at IS NULL) AND (languages = '{}'::text[])))),
    CONSTRAINT volunteer_state_check CHECK ((state = ANY (ARRAY['active'::text, 'withdrawn'::text, 'erased'::text]))),
    CONSTRAINT volunteer_training_check CHECK ((training = ANY (ARRAY['none'::text, 'first_aid'::text, 'hlr'::text, 'hlr_and_aed'::text, 'health_professional'::text]))),
    CONSTRAINT volunteer_withdrew_check CHECK (((state = 'active'::text) = (withdrawn_at IS NULL)))
);
ALTER TABLE ONLY volunteers.volunteer FORCE ROW LEVEL SECURITY;
CREATE TABLE volunteers.volunteer_identity (
    volunteer_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    birth_year integer NOT NULL,
    phone_sealed bytea NOT NULL,
    name_sealed bytea NOT NULL
);
ALTER TABLE ONLY volunteers.volunteer_identity FORCE ROW LEVEL SECURITY;
CREATE TABLE webhooks.delivery (
    subscription_id uuid NOT NULL,
    entry_id bigint NOT NULL,
    centre_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    seq integer NOT NULL,
    state text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    outcome text,
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'leased'::text, 'delivered'::text, 'expired'::text, 'dropped'::text])))
);
ALTER TABLE ONLY webhooks.delivery FORCE ROW LEVEL SECURITY;
CREATE TABLE webhooks.read_until (
    only_one boolean DEFAULT true NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT read_until_only_one_check CHECK (only_one)
);
CREATE TABLE webhooks.subscription (
    id uuid NOT NULL,
    centre_id uuid NOT NULL,
    kind foundation.kind NOT NULL,
    url text NOT NULL,
    secret_sealed bytea NOT NULL,
    events text[] NOT NULL,
    added_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT subscription_kind_check CHECK (((kind)::text <> 'synthetic'::text)),
    CONSTRAINT subscription_url_check CHECK ((length(url) <= 500))
);
ALTER TABLE ONLY webhooks.subscription FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY addresses.edition
    ADD CONSTRAINT edition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY addresses.postcode
    ADD CONSTRAINT postcode_pkey PRIMARY KEY (edition, postcode);
ALTER TABLE ONLY addresses.street_key
    ADD CONSTRAINT street_key_pkey PRIMARY KEY (edition, key, street_id);
ALTER TABLE ONLY addresses.street
    ADD CONSTRAINT street_pkey PRIMARY KEY (edition, id);
ALTER TABLE ONLY aeds.aed
    ADD CONSTRAINT aed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY aeds.aed
    ADD CONSTRAINT aed_source_source_id_key UNIQUE (source, source_id);
ALTER TABLE ONLY aeds.import_source
    ADD CONSTRAINT import_source_pkey PRIMARY KEY (source);
ALTER TABLE ONLY aeds.reservation
    ADD CONSTRAINT reservation_pkey PRIMARY KEY (aed_id);
ALTER TABLE ONLY aeds.reservation
    ADD CONSTRAINT reservation_volunteer_id_key UNIQUE (volunteer_id);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_incident_id_volunteer_id_key UNIQUE (incident_id, volunteer_id);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY attention.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY attention.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY attention.looked
    ADD CONSTRAINT looked_pkey PRIMARY KEY (only_one);
ALTER TABLE ONLY attention.agreement
    ADD CONSTRAINT one_agreement_with_each EXCLUDE USING gist (centre_id WITH =, to_id WITH =, valid WITH &&);
ALTER TABLE ONLY attention.rule
    ADD CONSTRAINT one_rule_at_a_time EXCLUDE USING gist (centre_id WITH =, valid WITH &&);
ALTER TABLE ONLY attention.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery.answer_link
    ADD CONSTRAINT answer_link_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY delivery.attempt
    ADD CONSTRAINT attempt_delivery_id_fence_key UNIQUE (delivery_id, fence);
ALTER TABLE ONLY delivery.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery.attempt_result
    ADD CONSTRAINT attempt_result_pkey PRIMARY KEY (attempt_id);
ALTER TABLE ONLY delivery.bare_address
    ADD CONSTRAINT bare_address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery.channel_switch
    ADD CONSTRAINT channel_switch_pkey PRIMARY KEY (channel);
ALTER TABLE ONLY delivery.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery.message
    ADD CONSTRAINT message_id_kind_key UNIQUE (id, kind);
ALTER TABLE ONLY delivery.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (delivery_id);
ALTER TABLE ONLY foundation.chore_day
    ADD CONSTRAINT chore_day_pkey PRIMARY KEY (what, day);
ALTER TABLE ONLY foundation.journal_entry
    ADD CONSTRAINT journal_entry_incident_id_seq_key UNIQUE (incident_id, seq);
ALTER TABLE ONLY foundation.journal_entry
    ADD CONSTRAINT journal_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY foundation.journal_seal
    ADD CONSTRAINT journal_seal_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY foundation.journal_seal
    ADD CONSTRAINT journal_seal_source_record_id_key UNIQUE (source, record_id);
ALTER TABLE ONLY foundation.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY foundation.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (subject_id, reason);
ALTER TABLE ONLY identity.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.client_certificate
    ADD CONSTRAINT client_certificate_pkey PRIMARY KEY (client_id, slot);
ALTER TABLE ONLY identity.client_certificate
    ADD CONSTRAINT client_certificate_thumbprint_key UNIQUE (thumbprint);
ALTER TABLE ONLY identity.client
    ADD CONSTRAINT client_client_id_key UNIQUE (client_id);
ALTER TABLE ONLY identity.client_clock
    ADD CONSTRAINT client_clock_pkey PRIMARY KEY (client_id);
ALTER TABLE ONLY identity.client_key
    ADD CONSTRAINT client_key_pkey PRIMARY KEY (client_id, slot);
ALTER TABLE ONLY identity.client_key
    ADD CONSTRAINT client_key_thumbprint_key UNIQUE (thumbprint);
ALTER TABLE ONLY identity.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.code_count
    ADD CONSTRAINT code_count_pkey PRIMARY KEY (bucket, minute);
ALTER TABLE ONLY identity.one_time_code
    ADD CONSTRAINT one_time_code_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.refresh_token
    ADD CONSTRAINT refresh_token_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY identity.seat
    ADD CONSTRAINT seat_browser_hash_key UNIQUE (browser_hash);
ALTER TABLE ONLY identity.seat
    ADD CONSTRAINT seat_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY identity.seat
    ADD CONSTRAINT seat_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_email_key UNIQUE (email);
ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_issuer_subject_key UNIQUE (issuer, subject);
ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.staff_role
    ADD CONSTRAINT staff_role_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.staff_session
    ADD CONSTRAINT staff_session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY identity.staff_session
    ADD CONSTRAINT staff_session_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY identity.used_proof
    ADD CONSTRAINT used_proof_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY incidents.by_hand_limit
    ADD CONSTRAINT by_hand_limit_centre_id_valid_excl EXCLUDE USING gist (centre_id WITH =, valid WITH &&);
ALTER TABLE ONLY incidents.by_hand_limit
    ADD CONSTRAINT by_hand_limit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY incidents.by_hand
    ADD CONSTRAINT by_hand_pkey PRIMARY KEY (incident_id);
ALTER TABLE ONLY incidents.data_key
    ADD CONSTRAINT data_key_pkey PRIMARY KEY (incident_id);
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_id_centre_id_key UNIQUE (id, centre_id);
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_id_kind_key UNIQUE (id, kind);
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_pkey PRIMARY KEY (id);
ALTER TABLE ONLY incidents.incident_place
    ADD CONSTRAINT incident_place_pkey PRIMARY KEY (incident_id);
ALTER TABLE ONLY incidents.possible_duplicate
    ADD CONSTRAINT possible_duplicate_pkey PRIMARY KEY (incident_id, other_id);
ALTER TABLE ONLY incidents.request_key
    ADD CONSTRAINT request_key_pkey PRIMARY KEY (client_id, key);
ALTER TABLE ONLY incidents.viewed
    ADD CONSTRAINT viewed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY locations.blackout_area
    ADD CONSTRAINT blackout_area_name_valid_excl EXCLUDE USING gist (name WITH =, valid WITH &&);
ALTER TABLE ONLY locations.blackout_area
    ADD CONSTRAINT blackout_area_pkey PRIMARY KEY (id);
ALTER TABLE ONLY locations.blackout_cell
    ADD CONSTRAINT blackout_cell_pkey PRIMARY KEY (cell, coarse, area_id);
ALTER TABLE ONLY locations.fixed_place
    ADD CONSTRAINT fixed_place_pkey PRIMARY KEY (volunteer_id, place);
ALTER TABLE ONLY locations.land_cell
    ADD CONSTRAINT land_cell_pkey PRIMARY KEY (cell_r9);
ALTER TABLE ONLY locations.land_part
    ADD CONSTRAINT land_part_pkey PRIMARY KEY (name);
ALTER TABLE ONLY locations.mission_position
    ADD CONSTRAINT mission_position_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY locations."position"
    ADD CONSTRAINT position_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY recruitment.campaign
    ADD CONSTRAINT campaign_name_key UNIQUE (name);
ALTER TABLE ONLY recruitment.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);
ALTER TABLE ONLY recruitment.counting_group
    ADD CONSTRAINT counting_group_campaign_id_name_way_key UNIQUE (campaign_id, name, way);
ALTER TABLE ONLY recruitment.counting_group
    ADD CONSTRAINT counting_group_pkey PRIMARY KEY (campaign_id, name);
ALTER TABLE ONLY recruitment.join_code
    ADD CONSTRAINT join_code_pkey PRIMARY KEY (code);
ALTER TABLE ONLY recruitment.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY recruitment.tally
    ADD CONSTRAINT tally_pkey PRIMARY KEY (campaign_id, stage, group_name);
ALTER TABLE ONLY recruitment.tellable
    ADD CONSTRAINT tellable_pkey PRIMARY KEY (campaign_id, stage, group_name);
ALTER TABLE ONLY recruitment.told
    ADD CONSTRAINT told_pkey PRIMARY KEY (campaign_id, stage, group_name, day);
ALTER TABLE ONLY recruitment.touch
    ADD CONSTRAINT touch_pkey PRIMARY KEY (campaign_id, phone_key, code);
ALTER TABLE ONLY regions.access
    ADD CONSTRAINT access_pkey PRIMARY KEY (id);
ALTER TABLE ONLY regions.area
    ADD CONSTRAINT area_level_code_valid_excl EXCLUDE USING gist (level WITH =, code WITH =, valid WITH &&);
ALTER TABLE ONLY regions.area
    ADD CONSTRAINT area_pkey PRIMARY KEY (id);
ALTER TABLE ONLY regions.centre_area
    ADD CONSTRAINT centre_area_level_code_valid_excl EXCLUDE USING gist (level WITH =, code WITH =, valid WITH &&);
ALTER TABLE ONLY regions.centre_area
    ADD CONSTRAINT centre_area_pkey PRIMARY KEY (id);
ALTER TABLE ONLY regions.centre_number
    ADD CONSTRAINT centre_number_pkey PRIMARY KEY (id);
ALTER TABLE ONLY regions.dispatch_centre
    ADD CONSTRAINT dispatch_centre_code_valid_excl EXCLUDE USING gist (code WITH =, valid WITH &&);
ALTER TABLE ONLY regions.dispatch_centre
    ADD CONSTRAINT dispatch_centre_pkey PRIMARY KEY (id);
ALTER TABLE ONLY regions.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (centre_id, kind);
ALTER TABLE ONLY regions.access
    ADD CONSTRAINT lent_once_by_agreement EXCLUDE USING gist (centre_id WITH =, acting_id WITH =, valid WITH &&) WHERE ((why = 'agreement'::text));
ALTER TABLE ONLY regions.centre_number
    ADD CONSTRAINT one_number_at_a_time EXCLUDE USING gist (centre_id WITH =, valid WITH &&);
ALTER TABLE ONLY regions.postcode
    ADD CONSTRAINT postcode_pkey PRIMARY KEY (postcode, municipality);
ALTER TABLE ONLY regions.access
    ADD CONSTRAINT work_moves_to_one EXCLUDE USING gist (centre_id WITH =, valid WITH &&) WHERE ((why = 'merged'::text));
ALTER TABLE ONLY responses.status
    ADD CONSTRAINT status_pkey PRIMARY KEY (alert_id, status);
ALTER TABLE ONLY responses.word
    ADD CONSTRAINT word_pkey PRIMARY KEY (alert_id, id);
ALTER TABLE ONLY selection.candidate
    ADD CONSTRAINT candidate_pkey PRIMARY KEY (incident_id, wave, volunteer_id);
ALTER TABLE ONLY selection.policy_draft
    ADD CONSTRAINT policy_draft_pkey PRIMARY KEY (id);
ALTER TABLE ONLY selection.policy_in_force
    ADD CONSTRAINT policy_in_force_coalesce_valid_excl EXCLUDE USING gist (COALESCE(centre_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, valid WITH &&);
ALTER TABLE ONLY selection.policy_in_force
    ADD CONSTRAINT policy_in_force_pkey PRIMARY KEY (id);
ALTER TABLE ONLY selection.policy
    ADD CONSTRAINT policy_name_version_key UNIQUE (name, version);
ALTER TABLE ONLY selection.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (id);
ALTER TABLE ONLY signup.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id_hash);
ALTER TABLE ONLY volunteers.address
    ADD CONSTRAINT address_id_kind_key UNIQUE (id, kind);
ALTER TABLE ONLY volunteers.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.data_key
    ADD CONSTRAINT data_key_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY volunteers.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.engagement
    ADD CONSTRAINT engagement_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY volunteers.volunteer
    ADD CONSTRAINT volunteer_id_kind_key UNIQUE (id, kind);
ALTER TABLE ONLY volunteers.volunteer_identity
    ADD CONSTRAINT volunteer_identity_phone_hash_key UNIQUE (phone_hash);
ALTER TABLE ONLY volunteers.volunteer_identity
    ADD CONSTRAINT volunteer_identity_pkey PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY volunteers.volunteer
    ADD CONSTRAINT volunteer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY webhooks.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (subscription_id, entry_id);
ALTER TABLE ONLY webhooks.read_until
    ADD CONSTRAINT read_until_pkey PRIMARY KEY (only_one);
ALTER TABLE ONLY webhooks.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (id);
CREATE INDEX address_of_street ON addresses.address USING btree (edition, street_id, number, letter);
CREATE UNIQUE INDEX one_edition_in_use ON addresses.edition USING btree (in_use) WHERE in_use;
CREATE INDEX aed_by_cell ON aeds.aed USING btree (cell_r9) WHERE (gone_at IS NULL);
CREATE INDEX reservation_by_incident ON aeds.reservation USING btree (incident_id);
CREATE UNIQUE INDEX alert_aed_taken_once ON alerts.alert USING btree (aed_id) WHERE ((state = 'accepted'::text) AND (aed_id IS NOT NULL));
CREATE INDEX alert_by_volunteer ON alerts.alert USING btree (volunteer_id, asked_at);
CREATE UNIQUE INDEX alert_place_taken_once ON alerts.alert USING btree (incident_id, place) WHERE (state = ANY (ARRAY['accepted'::text, 'finished'::text]));
CREATE INDEX item_not_over ON attention.item USING btree (centre_id, raised_at) WHERE (over_at IS NULL);
CREATE INDEX item_over ON attention.item USING btree (over_at) WHERE (over_at IS NOT NULL);
CREATE UNIQUE INDEX raised_once ON attention.item USING btree (centre_id, what, subject) WHERE (over_at IS NULL);
CREATE INDEX answer_link_by_expiry ON delivery.answer_link USING btree (expires_at);
CREATE INDEX attempt_by_start ON delivery.attempt USING btree (started_at);
CREATE INDEX attempt_result_by_end ON delivery.attempt_result USING btree (ended_at);
CREATE INDEX delivery_by_message ON delivery.delivery USING btree (message_id);
CREATE INDEX delivery_due ON delivery.delivery USING btree (channel, LEAST(attempts, 1), urgency, queued_at DESC, next_at) WHERE (state = 'queued'::text);
CREATE INDEX delivery_expiring ON delivery.delivery USING btree (expires_at) WHERE (state = 'queued'::text);
CREATE INDEX delivery_leased ON delivery.delivery USING btree (lease_until) WHERE (state = 'leased'::text);
CREATE UNIQUE INDEX delivery_once ON delivery.delivery USING btree (message_id, address_id) WHERE (address_id IS NOT NULL);
CREATE INDEX delivery_to_bare_address ON delivery.delivery USING btree (bare_address_id) WHERE (bare_address_id IS NOT NULL);
CREATE INDEX message_by_subject ON delivery.message USING btree (subject_id, created_at);
CREATE INDEX message_of_test_alarm ON delivery.message USING btree (volunteer_id) WHERE (what = 'test_alarm'::text);
CREATE INDEX message_with_code ON delivery.message USING btree (expires_at) WHERE (content ? 'code'::text);
CREATE INDEX notice_by_volunteer ON delivery.message USING btree (volunteer_id) WHERE (what = 'notice'::text);
CREATE INDEX journal_entry_by_centre ON foundation.journal_entry USING btree (centre_id, id);
CREATE INDEX journal_entry_by_incident ON foundation.journal_entry USING btree (incident_id, id);
CREATE INDEX journal_entry_by_person ON foundation.journal_entry USING btree (person_id) WHERE (incident_id IS NULL);
CREATE INDEX journal_entry_of_volunteer ON foundation.journal_entry USING btree (((facts ->> 'volunteer'::text))) WHERE (incident_id IS NULL);
CREATE INDEX timer_by_due ON foundation.timer USING btree (due_at);
CREATE INDEX approval_waiting ON identity.approval USING btree (asked_at) WHERE (state = 'waiting'::text);
CREATE INDEX code_count_by_minute ON identity.code_count USING btree (minute);
CREATE UNIQUE INDEX one_seat_of_a_name ON identity.seat USING btree (centre_id, name) WHERE (withdrawn_at IS NULL);
CREATE INDEX one_time_code_by_phone ON identity.one_time_code USING btree (phone_hash, created_at);
CREATE INDEX refresh_token_by_family ON identity.refresh_token USING btree (family_id);
CREATE INDEX refresh_token_by_volunteer ON identity.refresh_token USING btree (volunteer_id);
CREATE INDEX staff_role_by_staff ON identity.staff_role USING btree (staff_id);
CREATE INDEX staff_session_by_seat ON identity.staff_session USING btree (seat_id);
CREATE INDEX staff_session_by_staff ON identity.staff_session USING btree (staff_id);
CREATE INDEX by_hand_by_person ON incidents.by_hand USING btree (raised_by, raised_at);
CREATE INDEX by_hand_waiting ON incidents.by_hand USING btree (centre_id) WHERE ((decision IS NULL) AND (above <> '{}'::text[]));
CREATE INDEX incident_by_case ON incidents.incident USING btree (centre_id, kind, case_number, opened_at);
CREATE INDEX incident_by_centre ON incidents.incident USING btree (centre_id, opened_at);
CREATE INDEX incident_open ON incidents.incident USING btree (opened_at) WHERE (state = 'open'::text);
CREATE INDEX incident_synthetic ON incidents.incident USING btree (ended_at) WHERE ((kind)::text = 'synthetic'::text);
CREATE UNIQUE INDEX one_open_case ON incidents.incident USING btree (centre_id, COALESCE(numbered_by, centre_id), kind, case_number) WHERE (state <> 'ended'::text);
CREATE INDEX request_key_by_age ON incidents.request_key USING btree (created_at);
CREATE INDEX viewed_by_case ON incidents.viewed USING btree (centre_id, case_number, at) WHERE (case_number IS NOT NULL);
CREATE INDEX viewed_by_incident ON incidents.viewed USING btree (incident_id, id);
CREATE INDEX viewed_by_viewer ON incidents.viewed USING btree (viewer_id, at);
CREATE INDEX fixed_place_by_part ON locations.fixed_place USING btree (cell_r9, cell) WHERE available;
CREATE INDEX mission_position_by_incident ON locations.mission_position USING btree (incident_id);
CREATE INDEX position_by_part ON locations."position" USING btree (cell_r9, cell) WHERE available;
CREATE INDEX join_code_by_unit ON recruitment.join_code USING btree (campaign_id, unit);
CREATE INDEX member_by_campaign ON recruitment.member USING btree (campaign_id);
CREATE INDEX word_by_centre ON responses.word USING btree (centre_id, said_at) WHERE (NOT from_centre);
CREATE INDEX candidate_by_volunteer ON selection.candidate USING btree (volunteer_id);
CREATE INDEX session_by_expiry ON signup.session USING btree (expires_at);
CREATE INDEX address_by_volunteer ON volunteers.address USING btree (volunteer_id) WHERE (health = 'healthy'::text);
CREATE UNIQUE INDEX address_once ON volunteers.address USING btree (channel, value) WHERE (value IS NOT NULL);
CREATE UNIQUE INDEX consent_in_force ON volunteers.consent USING btree (volunteer_id, purpose) WHERE (withdrawn_at IS NULL);
CREATE INDEX device_by_volunteer ON volunteers.device USING btree (volunteer_id);
CREATE INDEX engagement_by_incident ON volunteers.engagement USING btree (incident_id);
CREATE UNIQUE INDEX one_in_app_address_a_device ON volunteers.address USING btree (device_id) WHERE ((channel = 'in_app'::text) AND (health <> 'retired'::text));
CREATE UNIQUE INDEX one_sms_address_a_volunteer ON volunteers.address USING btree (volunteer_id) WHERE ((channel = 'sms'::text) AND (health <> 'retired'::text));
CREATE INDEX volunteer_to_be_erased ON volunteers.volunteer USING btree (withdrawn_at) WHERE (state = 'withdrawn'::text);
CREATE INDEX delivery_over ON webhooks.delivery USING btree (queued_at) WHERE (state = ANY (ARRAY['delivered'::text, 'expired'::text, 'dropped'::text]));
CREATE INDEX delivery_waiting ON webhooks.delivery USING btree (subscription_id, incident_id, seq) WHERE (state = ANY (ARRAY['queued'::text, 'leased'::text]));
CREATE TRIGGER only_legal_moves BEFORE UPDATE OF state ON alerts.alert FOR EACH ROW WHEN (((NOT alerts.is_legal_move(old.state, new.state)) OR ((new.state = 'ringing'::text) AND (old.state <> 'ringing'::text) AND (COALESCE(old.reason, ''::text) <> ALL (ARRAY['out_of_reach'::text, 'nearer_ones_asked'::text]))))) EXECUTE FUNCTION alerts.refuse_illegal_move();
CREATE CONSTRAINT TRIGGER no_late_attempt AFTER INSERT ON delivery.attempt NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION delivery.refuse_late_attempt();
ALTER TABLE ONLY aeds.aed
    ADD CONSTRAINT aed_source_fkey FOREIGN KEY (source) REFERENCES aeds.import_source(source);
ALTER TABLE ONLY aeds.reservation
    ADD CONSTRAINT reservation_aed_id_fkey FOREIGN KEY (aed_id) REFERENCES aeds.aed(id);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_aed_id_fkey FOREIGN KEY (aed_id) REFERENCES aeds.aed(id);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_incident_id_centre_id_fkey FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident(id, centre_id);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_incident_id_kind_fkey FOREIGN KEY (incident_id, kind) REFERENCES incidents.incident(id, kind);
ALTER TABLE ONLY alerts.alert
    ADD CONSTRAINT alert_volunteer_id_kind_fkey FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer(id, kind);
ALTER TABLE ONLY attention.agreement
    ADD CONSTRAINT agreement_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY attention.agreement
    ADD CONSTRAINT agreement_to_id_fkey FOREIGN KEY (to_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY attention.rule
    ADD CONSTRAINT rule_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY delivery.answer_link
    ADD CONSTRAINT answer_link_message_id_fkey FOREIGN KEY (message_id) REFERENCES delivery.message(id);
ALTER TABLE ONLY delivery.attempt
    ADD CONSTRAINT attempt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery.delivery(id);
ALTER TABLE ONLY delivery.attempt_result
    ADD CONSTRAINT attempt_result_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES delivery.attempt(id);
ALTER TABLE ONLY delivery.delivery
    ADD CONSTRAINT delivery_address_id_kind_fkey FOREIGN KEY (address_id, kind) REFERENCES volunteers.address(id, kind);
ALTER TABLE ONLY delivery.delivery
    ADD CONSTRAINT delivery_message_id_kind_fkey FOREIGN KEY (message_id, kind) REFERENCES delivery.message(id, kind);
ALTER TABLE ONLY delivery.message
    ADD CONSTRAINT message_volunteer_id_kind_fkey FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer(id, kind);
ALTER TABLE ONLY delivery.receipt
    ADD CONSTRAINT receipt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery.delivery(id);
ALTER TABLE ONLY identity.approval
    ADD CONSTRAINT approval_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES identity.staff(id);
ALTER TABLE ONLY identity.approval
    ADD CONSTRAINT approval_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES identity.staff(id);
ALTER TABLE ONLY identity.client_certificate
    ADD CONSTRAINT client_certificate_client_id_fkey FOREIGN KEY (client_id) REFERENCES identity.client(id);
ALTER TABLE ONLY identity.client_clock
    ADD CONSTRAINT client_clock_client_id_fkey FOREIGN KEY (client_id) REFERENCES identity.client(id);
ALTER TABLE ONLY identity.client_key
    ADD CONSTRAINT client_key_client_id_fkey FOREIGN KEY (client_id) REFERENCES identity.client(id);
ALTER TABLE ONLY identity.staff_role
    ADD CONSTRAINT staff_role_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id) ON DELETE CASCADE;
ALTER TABLE ONLY identity.staff_session
    ADD CONSTRAINT staff_session_seat_id_fkey FOREIGN KEY (seat_id) REFERENCES identity.seat(id);
ALTER TABLE ONLY identity.staff_session
    ADD CONSTRAINT staff_session_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id) ON DELETE CASCADE;
ALTER TABLE ONLY incidents.by_hand
    ADD CONSTRAINT by_hand_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents.incident(id);
ALTER TABLE ONLY incidents.data_key
    ADD CONSTRAINT data_key_incident_id_centre_id_fkey FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident(id, centre_id);
ALTER TABLE ONLY incidents.data_key
    ADD CONSTRAINT data_key_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents.incident_place(incident_id) ON DELETE CASCADE;
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_linked_to_fkey FOREIGN KEY (linked_to) REFERENCES incidents.incident(id);
ALTER TABLE ONLY incidents.incident
    ADD CONSTRAINT incident_numbered_by_fkey FOREIGN KEY (numbered_by) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY incidents.incident_place
    ADD CONSTRAINT incident_place_incident_id_centre_id_fkey FOREIGN KEY (incident_id, centre_id) REFERENCES incidents.incident(id, centre_id);
ALTER TABLE ONLY incidents.possible_duplicate
    ADD CONSTRAINT possible_duplicate_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents.incident(id);
ALTER TABLE ONLY incidents.possible_duplicate
    ADD CONSTRAINT possible_duplicate_other_id_fkey FOREIGN KEY (other_id) REFERENCES incidents.incident(id);
ALTER TABLE ONLY incidents.request_key
    ADD CONSTRAINT request_key_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents.incident(id);
ALTER TABLE ONLY locations.blackout_cell
    ADD CONSTRAINT blackout_cell_area_id_fkey FOREIGN KEY (area_id) REFERENCES locations.blackout_area(id);
ALTER TABLE ONLY locations.fixed_place
    ADD CONSTRAINT fixed_place_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY locations.mission_position
    ADD CONSTRAINT mission_position_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY locations."position"
    ADD CONSTRAINT position_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY recruitment.counting_group
    ADD CONSTRAINT counting_group_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.counting_group
    ADD CONSTRAINT counting_group_campaign_id_parent_way_fkey FOREIGN KEY (campaign_id, parent, way) REFERENCES recruitment.counting_group(campaign_id, name, way);
ALTER TABLE ONLY recruitment.join_code
    ADD CONSTRAINT join_code_campaign_id_channel_fkey FOREIGN KEY (campaign_id, channel) REFERENCES recruitment.counting_group(campaign_id, name);
ALTER TABLE ONLY recruitment.join_code
    ADD CONSTRAINT join_code_campaign_id_unit_fkey FOREIGN KEY (campaign_id, unit) REFERENCES recruitment.counting_group(campaign_id, name);
ALTER TABLE ONLY recruitment.member
    ADD CONSTRAINT member_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.member
    ADD CONSTRAINT member_code_fkey FOREIGN KEY (code) REFERENCES recruitment.join_code(code);
ALTER TABLE ONLY recruitment.member
    ADD CONSTRAINT member_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY recruitment.tally
    ADD CONSTRAINT tally_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.tellable
    ADD CONSTRAINT tellable_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.told
    ADD CONSTRAINT told_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.touch
    ADD CONSTRAINT touch_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES recruitment.campaign(id);
ALTER TABLE ONLY recruitment.touch
    ADD CONSTRAINT touch_code_fkey FOREIGN KEY (code) REFERENCES recruitment.join_code(code);
ALTER TABLE ONLY regions.access
    ADD CONSTRAINT access_acting_id_fkey FOREIGN KEY (acting_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY regions.access
    ADD CONSTRAINT access_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY regions.centre_area
    ADD CONSTRAINT centre_area_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY regions.centre_number
    ADD CONSTRAINT centre_number_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY regions.feed
    ADD CONSTRAINT feed_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY responses.status
    ADD CONSTRAINT status_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts.alert(id);
ALTER TABLE ONLY responses.word
    ADD CONSTRAINT word_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts.alert(id) ON DELETE CASCADE;
ALTER TABLE ONLY selection.candidate
    ADD CONSTRAINT candidate_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents.incident(id);
ALTER TABLE ONLY selection.policy_draft
    ADD CONSTRAINT policy_draft_based_on_fkey FOREIGN KEY (based_on) REFERENCES selection.policy(id);
ALTER TABLE ONLY selection.policy_draft
    ADD CONSTRAINT policy_draft_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY selection.policy_in_force
    ADD CONSTRAINT policy_in_force_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
ALTER TABLE ONLY selection.policy_in_force
    ADD CONSTRAINT policy_in_force_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES selection.policy(id);
ALTER TABLE ONLY volunteers.address
    ADD CONSTRAINT address_device_id_fkey FOREIGN KEY (device_id) REFERENCES volunteers.device(id);
ALTER TABLE ONLY volunteers.address
    ADD CONSTRAINT address_volunteer_id_kind_fkey FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer(id, kind);
ALTER TABLE ONLY volunteers.consent
    ADD CONSTRAINT consent_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY volunteers.data_key
    ADD CONSTRAINT data_key_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY volunteers.device
    ADD CONSTRAINT device_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY volunteers.engagement
    ADD CONSTRAINT engagement_volunteer_id_kind_fkey FOREIGN KEY (volunteer_id, kind) REFERENCES volunteers.volunteer(id, kind);
ALTER TABLE ONLY volunteers.volunteer_identity
    ADD CONSTRAINT volunteer_identity_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers.volunteer(id);
ALTER TABLE ONLY webhooks.delivery
    ADD CONSTRAINT delivery_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES webhooks.subscription(id) ON DELETE CASCADE;
ALTER TABLE ONLY webhooks.subscription
    ADD CONSTRAINT subscription_centre_id_fkey FOREIGN KEY (centre_id) REFERENCES regions.dispatch_centre(id);
CREATE POLICY backfill ON aeds.reservation TO hjerteloeber_backfill USING (true);
CREATE POLICY chosen ON aeds.reservation TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR (volunteer_id = ( SELECT foundation.person() AS person))));
ALTER TABLE aeds.reservation ENABLE ROW LEVEL SECURITY;
CREATE POLICY round ON aeds.reservation TO hjerteloeber_worker USING (true);
CREATE POLICY across ON alerts.alert TO hjerteloeber_across USING (true);
ALTER TABLE alerts.alert ENABLE ROW LEVEL SECURITY;
CREATE POLICY backfill ON alerts.alert TO hjerteloeber_backfill USING (true);
CREATE POLICY centre ON alerts.alert TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY figures ON alerts.alert FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY leaving ON alerts.alert FOR SELECT TO hjerteloeber_worker USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY leaving_goes_on ON alerts.alert FOR UPDATE TO hjerteloeber_worker USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON alerts.alert FOR SELECT TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own_goes_on ON alerts.alert FOR UPDATE TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
ALTER TABLE attention.agreement ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON attention.agreement FOR SELECT TO hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON attention.item TO hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON attention.rule FOR SELECT TO hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
ALTER TABLE attention.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY neighbour ON attention.agreement FOR SELECT TO hjerteloeber_api USING ((to_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY operator ON attention.agreement TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON attention.item FOR SELECT TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON attention.rule TO hjerteloeber_owner USING (true);
ALTER TABLE attention.rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY two_decide ON attention.agreement FOR INSERT TO hjerteloeber_api WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = agreement.centre_id) AND (a.kind = 'overflow'::text) AND (a.state = 'approved'::text) AND (a.decided_at = lower(agreement.valid)) AND (agreement.author = ('approval '::text || a.id)))))));
CREATE POLICY two_decide ON attention.rule FOR INSERT TO hjerteloeber_api WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = rule.centre_id) AND (a.kind = 'attention_rule'::text) AND (a.state = 'approved'::text) AND (a.decided_at = lower(rule.valid)) AND (rule.author = ('approval '::text || a.id)))))));
CREATE POLICY two_end ON attention.agreement FOR UPDATE TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre))) WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = agreement.centre_id) AND (a.kind = ANY (ARRAY['overflow'::text, 'overflow_end'::text])) AND (a.state = 'approved'::text) AND (a.decided_at = upper(agreement.valid)))))));
CREATE POLICY two_end ON attention.rule FOR UPDATE TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre))) WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = rule.centre_id) AND (a.kind = 'attention_rule'::text) AND (a.state = 'approved'::text) AND (a.decided_at = upper(rule.valid)))))));
CREATE POLICY across ON delivery.answer_link TO hjerteloeber_across USING (true);
CREATE POLICY across ON delivery.attempt TO hjerteloeber_across USING (true);
CREATE POLICY across ON delivery.attempt_result TO hjerteloeber_across USING (true);
CREATE POLICY across ON delivery.delivery TO hjerteloeber_across USING (true);
CREATE POLICY across ON delivery.message TO hjerteloeber_across USING (true);
CREATE POLICY across ON delivery.receipt TO hjerteloeber_across USING (true);
ALTER TABLE delivery.answer_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery.attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery.attempt_result ENABLE ROW LEVEL SECURITY;
CREATE POLICY backfill ON delivery.answer_link TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.attempt TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.attempt_result TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.bare_address TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.delivery TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.message TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON delivery.receipt TO hjerteloeber_backfill USING (true);
ALTER TABLE delivery.bare_address ENABLE ROW LEVEL SECURITY;
CREATE POLICY chosen ON delivery.attempt TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR delivery.delivery_is_one_s_own(delivery_id)));
CREATE POLICY chosen ON delivery.attempt_result TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR delivery.attempt_is_one_s_own(attempt_id)));
CREATE POLICY chosen ON delivery.delivery TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR delivery.message_is_one_s_own(message_id)));
CREATE POLICY chosen ON delivery.message TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR (volunteer_id = ( SELECT foundation.person() AS person))));
CREATE POLICY chosen ON delivery.receipt TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR delivery.delivery_is_one_s_own(delivery_id)));
CREATE POLICY claimed ON delivery.bare_address TO hjerteloeber_worker USING ((( SELECT d.state
   FROM delivery.delivery d
  WHERE (d.bare_address_id = bare_address.id)) <> 'queued'::text));
ALTER TABLE delivery.delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY figures ON delivery.attempt FOR SELECT TO hjerteloeber_owner, hjerteloeber_stats USING (true);
CREATE POLICY figures ON delivery.attempt_result FOR SELECT TO hjerteloeber_owner, hjerteloeber_stats USING (true);
CREATE POLICY figures ON delivery.delivery FOR SELECT TO hjerteloeber_owner, hjerteloeber_stats USING (true);
CREATE POLICY figures ON delivery.message FOR SELECT TO hjerteloeber_owner, hjerteloeber_stats USING (true);
CREATE POLICY figures ON delivery.receipt FOR SELECT TO hjerteloeber_owner, hjerteloeber_stats USING (true);
ALTER TABLE delivery.message ENABLE ROW LEVEL SECURITY;
CREATE POLICY over ON delivery.bare_address TO hjerteloeber_worker USING ((expires_at <= now()));
CREATE POLICY own ON delivery.answer_link TO hjerteloeber_api USING (delivery.message_is_one_s_own(message_id));
CREATE POLICY queued ON delivery.delivery FOR INSERT TO hjerteloeber_owner, hjerteloeber_api WITH CHECK (true);
ALTER TABLE delivery.receipt ENABLE ROW LEVEL SECURITY;
CREATE POLICY round ON delivery.answer_link TO hjerteloeber_worker USING (true);
CREATE POLICY round ON delivery.attempt TO hjerteloeber_worker USING (true);
CREATE POLICY round ON delivery.attempt_result TO hjerteloeber_worker USING (true);
CREATE POLICY round ON delivery.delivery TO hjerteloeber_worker USING (true);
CREATE POLICY round ON delivery.message TO hjerteloeber_worker USING (true);
CREATE POLICY round ON delivery.receipt TO hjerteloeber_worker USING (true);
CREATE POLICY to_a_bare_number ON delivery.message FOR INSERT TO hjerteloeber_api WITH CHECK ((volunteer_id IS NULL));
CREATE POLICY written ON delivery.bare_address FOR INSERT TO hjerteloeber_api WITH CHECK (true);
CREATE POLICY across ON foundation.journal_entry TO hjerteloeber_across USING (true);
CREATE POLICY backfill ON foundation.journal_entry TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON foundation.timer TO hjerteloeber_backfill USING (true);
CREATE POLICY centre ON foundation.journal_entry FOR SELECT TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
ALTER TABLE foundation.chore_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY chosen ON foundation.timer TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR (( SELECT foundation.person() AS person) IS NOT NULL)));
CREATE POLICY figures ON foundation.journal_entry FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON foundation.timer FOR SELECT TO hjerteloeber_stats USING (true);
ALTER TABLE foundation.journal_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY operations ON foundation.chore_day FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.person() AS person) IS NOT NULL));
CREATE POLICY operator ON foundation.journal_entry TO hjerteloeber_owner USING (true);
CREATE POLICY own ON foundation.journal_entry FOR SELECT TO hjerteloeber_api USING (((incident_id IS NULL) AND ((person_id = ( SELECT foundation.person() AS person)) OR ((facts ->> 'volunteer'::text) = (( SELECT foundation.person() AS person))::text))));
CREATE POLICY round ON foundation.chore_day TO hjerteloeber_worker USING (true);
CREATE POLICY round ON foundation.journal_entry TO hjerteloeber_worker USING (true);
CREATE POLICY round ON foundation.timer TO hjerteloeber_worker USING (true);
ALTER TABLE foundation.timer ENABLE ROW LEVEL SECURITY;
CREATE POLICY written ON foundation.journal_entry FOR INSERT TO hjerteloeber_api WITH CHECK (((centre_id IS NULL) OR (centre_id = ( SELECT foundation.centre() AS centre))));
CREATE POLICY across ON identity.refresh_token TO hjerteloeber_across USING (true);
CREATE POLICY across ON identity.seat FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON identity.staff FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON identity.staff_session FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY anybody ON identity.code_count TO hjerteloeber_api, hjerteloeber_worker USING (true);
ALTER TABLE identity.approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY backfill ON identity.refresh_token TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON identity.seat TO hjerteloeber_backfill USING (true);
CREATE POLICY centre ON identity.approval TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON identity.seat TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON identity.staff_role FOR SELECT TO hjerteloeber_api USING (((centre_id = ( SELECT foundation.centre() AS centre)) OR ((centre_id IS NULL) AND (( SELECT foundation.centre() AS centre) IS NOT NULL))));
CREATE POLICY centre ON identity.staff_session FOR SELECT TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
ALTER TABLE identity.client_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.client_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.client_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.code_count ENABLE ROW LEVEL SECURITY;
CREATE POLICY colleagues ON identity.staff FOR SELECT TO hjerteloeber_api USING (((EXISTS ( SELECT
   FROM identity.staff_role mine
  WHERE (mine.staff_id = ( SELECT foundation.person() AS person)))) AND (EXISTS ( SELECT
   FROM identity.staff_role theirs
  WHERE ((theirs.staff_id = staff.id) AND ((theirs.centre_id IS NULL) OR (theirs.centre_id = ( SELECT foundation.centre() AS centre))))))));
CREATE POLICY every_centre ON identity.approval TO hjerteloeber_api USING (((centre_id IS NULL) AND (EXISTS ( SELECT
   FROM identity.staff_role mine
  WHERE (mine.staff_id = ( SELECT foundation.person() AS person))))));
CREATE POLICY figures ON identity.staff_session FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY of_callers ON identity.client_certificate TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING (true);
CREATE POLICY of_callers ON identity.client_clock TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING (true);
CREATE POLICY of_callers ON identity.client_key TO hjerteloeber_owner, hjerteloeber_api USING (true);
CREATE POLICY of_callers ON identity.used_proof TO hjerteloeber_api, hjerteloeber_worker USING (true);
CREATE POLICY operator ON identity.approval TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.seat TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.staff TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.staff_role TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON identity.staff_session TO hjerteloeber_owner USING (true);
CREATE POLICY own ON identity.refresh_token TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY person ON identity.approval TO hjerteloeber_api USING ((asked_by = ( SELECT foundation.person() AS person)));
CREATE POLICY person ON identity.staff TO hjerteloeber_api USING ((id = ( SELECT foundation.person() AS person)));
CREATE POLICY person ON identity.staff_role FOR SELECT TO hjerteloeber_api USING ((staff_id = ( SELECT foundation.person() AS person)));
CREATE POLICY person ON identity.staff_session TO hjerteloeber_api USING ((staff_id = ( SELECT foundation.person() AS person)));
ALTER TABLE identity.refresh_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY round ON identity.approval TO hjerteloeber_worker USING (true);
CREATE POLICY round ON identity.refresh_token TO hjerteloeber_worker USING (true);
CREATE POLICY round ON identity.staff_session TO hjerteloeber_worker USING (true);
ALTER TABLE identity.seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.staff_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.used_proof ENABLE ROW LEVEL SECURITY;
CREATE POLICY accepted ON incidents.data_key FOR SELECT TO hjerteloeber_api USING ((incident_id = ANY (( SELECT alerts.missions_of_person() AS missions_of_person)::uuid[])));
CREATE POLICY accepted ON incidents.incident_place FOR SELECT TO hjerteloeber_api USING ((incident_id = ANY (( SELECT alerts.missions_of_person() AS missions_of_person)::uuid[])));
CREATE POLICY across ON incidents.data_key TO hjerteloeber_across USING (true);
CREATE POLICY across ON incidents.incident TO hjerteloeber_across USING (true);
CREATE POLICY across ON incidents.incident_place TO hjerteloeber_across USING (true);
CREATE POLICY across ON incidents.possible_duplicate TO hjerteloeber_across USING (true);
CREATE POLICY across ON incidents.request_key TO hjerteloeber_across USING (true);
CREATE POLICY across ON incidents.viewed TO hjerteloeber_across USING (((kind)::text = 'synthetic'::text));
CREATE POLICY asked ON incidents.incident FOR SELECT TO hjerteloeber_owner, hjerteloeber_api USING ((id = ANY (( SELECT alerts.incidents_of_person() AS incidents_of_person)::uuid[])));
CREATE POLICY backfill ON incidents.data_key TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON incidents.incident TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON incidents.incident_place TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON incidents.possible_duplicate TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON incidents.request_key TO hjerteloeber_backfill USING (true);
ALTER TABLE incidents.by_hand ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.by_hand_limit ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON incidents.by_hand TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.by_hand_limit FOR SELECT TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.data_key TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.incident TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.incident_place TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.possible_duplicate TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.request_key TO hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON incidents.viewed FOR SELECT TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY client ON incidents.request_key TO hjerteloeber_api USING ((client_id = ( SELECT foundation.person() AS person)));
ALTER TABLE incidents.data_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY figures ON incidents.incident FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON incidents.incident_place FOR SELECT TO hjerteloeber_stats USING (true);
ALTER TABLE incidents.incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.incident_place ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_one_s_own ON incidents.possible_duplicate FOR INSERT TO hjerteloeber_api, hjerteloeber_worker WITH CHECK ((EXISTS ( SELECT
   FROM incidents.incident i
  WHERE ((i.id = possible_duplicate.other_id) AND (i.centre_id = ( SELECT foundation.centre() AS centre))))));
CREATE POLICY operator ON incidents.by_hand FOR SELECT TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON incidents.by_hand_limit TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON incidents.viewed FOR SELECT TO hjerteloeber_owner USING (true);
ALTER TABLE incidents.possible_duplicate ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents.request_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY round ON incidents.viewed FOR SELECT TO hjerteloeber_worker USING (true);
CREATE POLICY two_decide ON incidents.by_hand_limit FOR INSERT TO hjerteloeber_api WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = by_hand_limit.centre_id) AND (a.kind = 'by_hand_limit'::text) AND (a.state = 'approved'::text) AND (a.decided_at = lower(by_hand_limit.valid)) AND (by_hand_limit.author = ('approval '::text || a.id)))))));
CREATE POLICY two_end ON incidents.by_hand_limit FOR UPDATE TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre))) WITH CHECK (((centre_id = ( SELECT foundation.centre() AS centre)) AND (isempty(valid) OR (EXISTS ( SELECT
   FROM identity.approval a
  WHERE ((a.centre_id = by_hand_limit.centre_id) AND (a.kind = 'by_hand_limit'::text) AND (a.state = 'approved'::text) AND (a.decided_at = upper(by_hand_limit.valid))))))));
ALTER TABLE incidents.viewed ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON incidents.viewed FOR INSERT TO hjerteloeber_api WITH CHECK ((viewer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY across ON locations.mission_position TO hjerteloeber_across USING (true);
CREATE POLICY across ON locations."position" TO hjerteloeber_across USING (true);
CREATE POLICY backfill ON locations.fixed_place TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON locations.mission_position TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON locations."position" TO hjerteloeber_backfill USING (true);
CREATE POLICY centre ON locations.mission_position TO hjerteloeber_owner, hjerteloeber_api USING ((incidents.centre_of(incident_id) = ( SELECT foundation.centre() AS centre)));
CREATE POLICY chosen ON locations.fixed_place FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.centre() AS centre) IS NOT NULL));
CREATE POLICY chosen ON locations."position" FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.centre() AS centre) IS NOT NULL));
CREATE POLICY figures ON locations."position" FOR SELECT TO hjerteloeber_stats USING (true);
ALTER TABLE locations.fixed_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE locations.mission_position ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator ON locations.fixed_place FOR SELECT TO hjerteloeber_owner USING ((volunteer_id IN ( SELECT v.id
   FROM volunteers.volunteer v
  WHERE ((v.kind)::text <> 'live'::text))));
CREATE POLICY operator ON locations."position" FOR SELECT TO hjerteloeber_owner USING ((volunteer_id IN ( SELECT v.id
   FROM volunteers.volunteer v
  WHERE ((v.kind)::text <> 'live'::text))));
CREATE POLICY own ON locations.fixed_place TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON locations.mission_position TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON locations."position" TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
ALTER TABLE locations."position" ENABLE ROW LEVEL SECURITY;
CREATE POLICY round ON locations.fixed_place TO hjerteloeber_worker USING (true);
CREATE POLICY round ON locations.mission_position TO hjerteloeber_worker USING (true);
CREATE POLICY round ON locations."position" TO hjerteloeber_worker USING (true);
CREATE POLICY backfill ON recruitment.member TO hjerteloeber_backfill USING (true);
ALTER TABLE recruitment.member ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON recruitment.member TO hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY round ON recruitment.member TO hjerteloeber_worker USING (true);
ALTER TABLE regions.access ENABLE ROW LEVEL SECURITY;
CREATE POLICY agreed ON regions.access FOR INSERT TO hjerteloeber_worker WITH CHECK (((why = 'agreement'::text) AND (centre_id = ( SELECT foundation.centre() AS centre)) AND (EXISTS ( SELECT
   FROM attention.agreement a
  WHERE ((a.centre_id = access.centre_id) AND (a.to_id = access.acting_id) AND (a.valid @> lower(access.valid)) AND (upper(access.valid) <= (lower(access.valid) + ((a.lends_for_s)::double precision * '00:00:01'::interval))))))));
CREATE POLICY anybody ON regions.access FOR SELECT TO hjerteloeber_api, hjerteloeber_worker USING (true);
CREATE POLICY centre ON regions.centre_number FOR SELECT TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
ALTER TABLE regions.centre_number ENABLE ROW LEVEL SECURITY;
CREATE POLICY on_the_way ON regions.centre_number FOR SELECT TO hjerteloeber_api USING ((EXISTS ( SELECT
   FROM alerts.alert a
  WHERE ((a.volunteer_id = ( SELECT foundation.person() AS person)) AND (a.state = 'accepted'::text) AND (a.centre_id = centre_number.centre_id)))));
CREATE POLICY operator ON regions.access TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON regions.centre_number TO hjerteloeber_owner USING (true);
CREATE POLICY across ON responses.status TO hjerteloeber_across USING (true);
CREATE POLICY asked ON responses.status FOR SELECT TO hjerteloeber_api USING ((alert_id = ANY (( SELECT alerts.alerts_of_person() AS alerts_of_person)::uuid[])));
CREATE POLICY asked ON responses.word FOR SELECT TO hjerteloeber_api USING ((alert_id = ANY (( SELECT alerts.alerts_of_person() AS alerts_of_person)::uuid[])));
CREATE POLICY backfill ON responses.status TO hjerteloeber_backfill USING (true);
CREATE POLICY centre ON responses.status TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON responses.word TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY figures ON responses.status FOR SELECT TO hjerteloeber_stats USING (true);
ALTER TABLE responses.status ENABLE ROW LEVEL SECURITY;
ALTER TABLE responses.word ENABLE ROW LEVEL SECURITY;
CREATE POLICY across ON selection.candidate TO hjerteloeber_across USING (true);
CREATE POLICY backfill ON selection.candidate TO hjerteloeber_backfill USING (true);
ALTER TABLE selection.candidate ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON selection.candidate TO hjerteloeber_owner, hjerteloeber_api, hjerteloeber_worker USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY centre ON selection.policy_draft TO hjerteloeber_api USING ((centre_id = ( SELECT foundation.centre() AS centre)));
CREATE POLICY leaving ON selection.candidate TO hjerteloeber_worker USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON selection.candidate FOR SELECT TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own_goes ON selection.candidate FOR DELETE TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
ALTER TABLE selection.policy_draft ENABLE ROW LEVEL SECURITY;
CREATE POLICY accepted ON volunteers.data_key FOR SELECT TO hjerteloeber_api USING ((volunteer_id = ANY (( SELECT alerts.on_the_way_for_centre() AS on_the_way_for_centre)::uuid[])));
CREATE POLICY accepted ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_api USING ((volunteer_id = ANY (( SELECT alerts.on_the_way_for_centre() AS on_the_way_for_centre)::uuid[])));
CREATE POLICY across ON volunteers.address TO hjerteloeber_across USING (true);
CREATE POLICY across ON volunteers.consent FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON volunteers.engagement FOR SELECT TO hjerteloeber_across USING (true);
CREATE POLICY across ON volunteers.volunteer_identity TO hjerteloeber_across USING (true);
CREATE POLICY across_the_list ON volunteers.volunteer FOR SELECT TO hjerteloeber_across USING (true);
ALTER TABLE volunteers.address ENABLE ROW LEVEL SECURITY;
CREATE POLICY backfill ON volunteers.address TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.consent TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.data_key TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.device TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.engagement TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.volunteer TO hjerteloeber_backfill USING (true);
CREATE POLICY backfill ON volunteers.volunteer_identity TO hjerteloeber_backfill USING (true);
CREATE POLICY chosen ON volunteers.address FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.centre() AS centre) IS NOT NULL));
CREATE POLICY chosen ON volunteers.consent FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.centre() AS centre) IS NOT NULL));
CREATE POLICY chosen ON volunteers.device FOR SELECT TO hjerteloeber_api USING ((( SELECT foundation.centre() AS centre) IS NOT NULL));
CREATE POLICY chosen ON volunteers.engagement TO hjerteloeber_owner, hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR (volunteer_id = ( SELECT foundation.person() AS person))));
CREATE POLICY chosen ON volunteers.volunteer TO hjerteloeber_api USING (((( SELECT foundation.centre() AS centre) IS NOT NULL) OR (id = ( SELECT foundation.person() AS person))));
CREATE POLICY claimed ON volunteers.data_key FOR SELECT TO hjerteloeber_worker USING ((volunteer_id = ANY (( SELECT delivery.held_text_messages() AS held_text_messages)::uuid[])));
CREATE POLICY claimed ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_worker USING ((volunteer_id = ANY (( SELECT delivery.held_text_messages() AS held_text_messages)::uuid[])));
ALTER TABLE volunteers.consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE volunteers.data_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE volunteers.device ENABLE ROW LEVEL SECURITY;
ALTER TABLE volunteers.engagement ENABLE ROW LEVEL SECURITY;
CREATE POLICY figures ON volunteers.address FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON volunteers.consent FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON volunteers.device FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY figures ON volunteers.volunteer FOR SELECT TO hjerteloeber_stats USING (true);
CREATE POLICY leaving ON volunteers.data_key TO hjerteloeber_worker USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY leaving ON volunteers.volunteer_identity TO hjerteloeber_worker USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY operator ON volunteers.address FOR SELECT TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON volunteers.data_key FOR SELECT TO hjerteloeber_owner USING ((volunteer_id IN ( SELECT v.id
   FROM volunteers.volunteer v
  WHERE ((v.kind)::text <> 'live'::text))));
CREATE POLICY operator ON volunteers.device FOR SELECT TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON volunteers.volunteer TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON volunteers.volunteer_identity FOR SELECT TO hjerteloeber_owner USING ((volunteer_id IN ( SELECT v.id
   FROM volunteers.volunteer v
  WHERE ((v.kind)::text <> 'live'::text))));
CREATE POLICY own ON volunteers.address TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON volunteers.consent TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON volunteers.data_key TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON volunteers.device TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY own ON volunteers.volunteer_identity TO hjerteloeber_owner, hjerteloeber_api USING ((volunteer_id = ( SELECT foundation.person() AS person)));
CREATE POLICY round ON volunteers.address TO hjerteloeber_worker USING (true);
CREATE POLICY round ON volunteers.consent TO hjerteloeber_worker USING (true);
CREATE POLICY round ON volunteers.device TO hjerteloeber_worker USING (true);
CREATE POLICY round ON volunteers.engagement TO hjerteloeber_worker USING (true);
CREATE POLICY round ON volunteers.volunteer TO hjerteloeber_worker USING (true);
ALTER TABLE volunteers.volunteer ENABLE ROW LEVEL SECURITY;
ALTER TABLE volunteers.volunteer_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks.delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY operator ON webhooks.delivery TO hjerteloeber_owner USING (true);
CREATE POLICY operator ON webhooks.subscription TO hjerteloeber_owner USING (true);
CREATE POLICY round ON webhooks.delivery TO hjerteloeber_worker USING (true);
CREATE POLICY round ON webhooks.subscription TO hjerteloeber_worker USING (true);
ALTER TABLE webhooks.subscription ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA addresses TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA addresses TO hjerteloeber_api;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_api;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_across;
GRANT USAGE ON SCHEMA aeds TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_api;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_across;
GRANT USAGE ON SCHEMA alerts TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA attention TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA attention TO hjerteloeber_api;
GRANT USAGE ON SCHEMA attention TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_api;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_across;
GRANT USAGE ON SCHEMA delivery TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_api;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_across;
GRANT USAGE ON SCHEMA foundation TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_api;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_across;
GRANT USAGE ON SCHEMA identity TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_api;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_across;
GRANT USAGE ON SCHEMA incidents TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_api;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_across;
GRANT USAGE ON SCHEMA locations TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_api;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_campaigns;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_across;
GRANT USAGE ON SCHEMA recruitment TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_api;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_campaigns;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_across;
GRANT USAGE ON SCHEMA regions TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_api;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_across;
GRANT USAGE ON SCHEMA responses TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_api;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_across;
GRANT USAGE ON SCHEMA selection TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_api;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_across;
GRANT USAGE ON SCHEMA signup TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_api;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_worker;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_stats;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_across;
GRANT USAGE ON SCHEMA volunteers TO hjerteloeber_backfill;
GRANT USAGE ON SCHEMA webhooks TO hjerteloeber_owner;
GRANT USAGE ON SCHEMA webhooks TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION alerts.alerts_of_person() FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.alerts_of_person() TO hjerteloeber_api;
REVOKE ALL ON FUNCTION alerts.forget_synthetic(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.forget_synthetic(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION alerts.incident_of(alert uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.incident_of(alert uuid) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION alerts.incidents_of_person() FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.incidents_of_person() TO hjerteloeber_api;
GRANT ALL ON FUNCTION alerts.incidents_of_person() TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION alerts.missions_of_person() FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.missions_of_person() TO hjerteloeber_api;
REVOKE ALL ON FUNCTION alerts.on_the_way_for_centre() FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.on_the_way_for_centre() TO hjerteloeber_api;
REVOKE ALL ON FUNCTION alerts.who_answered(people uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION alerts.who_answered(people uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION delivery.attempt_is_one_s_own(attempt uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.attempt_is_one_s_own(attempt uuid) TO hjerteloeber_api;
GRANT ALL ON FUNCTION delivery.attempt_is_one_s_own(attempt uuid) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION delivery.delivery_is_one_s_own(delivery uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.delivery_is_one_s_own(delivery uuid) TO hjerteloeber_api;
GRANT ALL ON FUNCTION delivery.delivery_is_one_s_own(delivery uuid) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION delivery.forget_synthetic(subjects uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.forget_synthetic(subjects uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION delivery.held_text_messages() FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.held_text_messages() TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION delivery.message_is_one_s_own(message uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.message_is_one_s_own(message uuid) TO hjerteloeber_api;
GRANT ALL ON FUNCTION delivery.message_is_one_s_own(message uuid) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION delivery.of_answer_link(hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION delivery.of_answer_link(hash bytea) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION foundation.entries_after(after bigint, at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION foundation.entries_after(after bigint, at_most integer) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION foundation.forget_synthetic(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION foundation.forget_synthetic(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION foundation.newest_entry() FROM PUBLIC;
GRANT ALL ON FUNCTION foundation.newest_entry() TO hjerteloeber_api;
REVOKE ALL ON FUNCTION identity.of_refresh_family(family uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.of_refresh_family(family uuid) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION identity.of_refresh_token(hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.of_refresh_token(hash bytea) TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.seat TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE identity.seat TO hjerteloeber_owner;
GRANT SELECT(id) ON TABLE identity.seat TO hjerteloeber_backfill;
GRANT SELECT(id) ON TABLE identity.seat TO hjerteloeber_across;
GRANT SELECT(centre_id) ON TABLE identity.seat TO hjerteloeber_across;
GRANT UPDATE(code_hash) ON TABLE identity.seat TO hjerteloeber_api;
GRANT SELECT(code_hash) ON TABLE identity.seat TO hjerteloeber_across;
GRANT UPDATE(browser_hash) ON TABLE identity.seat TO hjerteloeber_api;
GRANT SELECT(browser_hash) ON TABLE identity.seat TO hjerteloeber_across;
GRANT SELECT(key_id),UPDATE(key_id) ON TABLE identity.seat TO hjerteloeber_backfill;
GRANT SELECT(wrapped),UPDATE(wrapped) ON TABLE identity.seat TO hjerteloeber_backfill;
GRANT UPDATE(last_step) ON TABLE identity.seat TO hjerteloeber_api;
GRANT UPDATE(tries) ON TABLE identity.seat TO hjerteloeber_api;
GRANT UPDATE(tries_since) ON TABLE identity.seat TO hjerteloeber_api;
GRANT SELECT(withdrawn_at) ON TABLE identity.seat TO hjerteloeber_across;
REVOKE ALL ON FUNCTION identity.seat_of_browser(browser_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.seat_of_browser(browser_hash bytea) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION identity.seat_of_code(code_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.seat_of_code(code_hash bytea) TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.staff TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE identity.staff TO hjerteloeber_owner;
GRANT SELECT(id) ON TABLE identity.staff TO hjerteloeber_across;
GRANT SELECT(email) ON TABLE identity.staff TO hjerteloeber_across;
GRANT UPDATE(issuer) ON TABLE identity.staff TO hjerteloeber_api;
GRANT SELECT(issuer) ON TABLE identity.staff TO hjerteloeber_across;
GRANT UPDATE(subject) ON TABLE identity.staff TO hjerteloeber_api;
GRANT SELECT(subject) ON TABLE identity.staff TO hjerteloeber_across;
REVOKE ALL ON FUNCTION identity.staff_of_email(email text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.staff_of_email(email text) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION identity.staff_of_subject(issuer text, subject text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.staff_of_subject(issuer text, subject text) TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT,DELETE ON TABLE identity.staff_session TO hjerteloeber_owner;
GRANT DELETE ON TABLE identity.staff_session TO hjerteloeber_worker;
GRANT SELECT(id) ON TABLE identity.staff_session TO hjerteloeber_worker;
GRANT SELECT(id) ON TABLE identity.staff_session TO hjerteloeber_across;
GRANT UPDATE(token_hash) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT(token_hash) ON TABLE identity.staff_session TO hjerteloeber_across;
GRANT SELECT(staff_id) ON TABLE identity.staff_session TO hjerteloeber_across;
GRANT UPDATE(centre_id) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT(centre_id) ON TABLE identity.staff_session TO hjerteloeber_across;
GRANT UPDATE(seat_id) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT(how) ON TABLE identity.staff_session TO hjerteloeber_worker;
GRANT SELECT(how) ON TABLE identity.staff_session TO hjerteloeber_stats;
GRANT UPDATE(used_at) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT(expires_at) ON TABLE identity.staff_session TO hjerteloeber_worker;
GRANT SELECT(expires_at) ON TABLE identity.staff_session TO hjerteloeber_stats;
GRANT UPDATE(fresh_at) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT UPDATE(pin_hash) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT UPDATE(pin_tries) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT UPDATE(parked_at) ON TABLE identity.staff_session TO hjerteloeber_api;
GRANT SELECT(parked_at) ON TABLE identity.staff_session TO hjerteloeber_across;
REVOKE ALL ON FUNCTION identity.staff_session_of(token_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.staff_session_of(token_hash bytea) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION incidents.centre_of(incident uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION incidents.centre_of(incident uuid) TO hjerteloeber_api;
GRANT ALL ON FUNCTION incidents.centre_of(incident uuid) TO hjerteloeber_worker;
GRANT ALL ON FUNCTION incidents.centre_of(incident uuid) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION incidents.forget_synthetic(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION incidents.forget_synthetic(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION incidents.forget_synthetic_views(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION incidents.forget_synthetic_views(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION incidents.open_since(of_kind text, since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION incidents.open_since(of_kind text, since timestamp with time zone) TO hjerteloeber_api;
GRANT ALL ON FUNCTION incidents.open_since(of_kind text, since timestamp with time zone) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION incidents.synthetic_ended(before timestamp with time zone, at_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION incidents.synthetic_ended(before timestamp with time zone, at_most integer) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION locations.keep_newest(people uuid[], cells bigint[], cells_r9 bigint[], coarse_cells bigint[], coarse_cells_r9 bigint[], accuracies_m real[], measured timestamp with time zone[], doubted_people uuid[], doubted_cells bigint[], at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION locations.keep_newest(people uuid[], cells bigint[], cells_r9 bigint[], coarse_cells bigint[], coarse_cells_r9 bigint[], accuracies_m real[], measured timestamp with time zone[], doubted_people uuid[], doubted_cells bigint[], at timestamp with time zone) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION responses.forget_synthetic(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION responses.forget_synthetic(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION selection.available_in_turn(cells_r9 bigint[], parts bigint[], at_least integer, of_kind foundation.kind, oldest timestamp with time zone, minute_of_week integer, at timestamp with time zone, patient_cell bigint, patient_may_be bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION selection.available_in_turn(cells_r9 bigint[], parts bigint[], at_least integer, of_kind foundation.kind, oldest timestamp with time zone, minute_of_week integer, at timestamp with time zone, patient_cell bigint, patient_may_be bigint[]) TO hjerteloeber_api;
GRANT ALL ON FUNCTION selection.available_in_turn(cells_r9 bigint[], parts bigint[], at_least integer, of_kind foundation.kind, oldest timestamp with time zone, minute_of_week integer, at timestamp with time zone, patient_cell bigint, patient_may_be bigint[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION selection.forget_synthetic(incidents uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION selection.forget_synthetic(incidents uuid[]) TO hjerteloeber_worker;
REVOKE ALL ON FUNCTION volunteers.anybody_erased() FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.anybody_erased() TO hjerteloeber_api;
GRANT ALL ON FUNCTION volunteers.anybody_erased() TO hjerteloeber_worker;
GRANT ALL ON FUNCTION volunteers.anybody_erased() TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION volunteers.not_erased(people uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.not_erased(people uuid[]) TO hjerteloeber_api;
GRANT ALL ON FUNCTION volunteers.not_erased(people uuid[]) TO hjerteloeber_worker;
GRANT ALL ON FUNCTION volunteers.not_erased(people uuid[]) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION volunteers.of_phone(hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.of_phone(hash bytea) TO hjerteloeber_api;
REVOKE ALL ON FUNCTION volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamp with time zone) TO hjerteloeber_api;
GRANT ALL ON FUNCTION volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamp with time zone) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION volunteers.still_active(people uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.still_active(people uuid[]) TO hjerteloeber_api;
GRANT ALL ON FUNCTION volunteers.still_active(people uuid[]) TO hjerteloeber_worker;
GRANT ALL ON FUNCTION volunteers.still_active(people uuid[]) TO hjerteloeber_owner;
REVOKE ALL ON FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[]) TO hjerteloeber_api;
GRANT ALL ON FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[]) TO hjerteloeber_worker;
GRANT ALL ON FUNCTION volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[]) TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE ON TABLE addresses.address TO hjerteloeber_owner;
GRANT SELECT ON TABLE addresses.address TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE addresses.edition TO hjerteloeber_owner;
GRANT SELECT ON TABLE addresses.edition TO hjerteloeber_api;
GRANT UPDATE(in_use) ON TABLE addresses.edition TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE ON TABLE addresses.postcode TO hjerteloeber_owner;
GRANT SELECT ON TABLE addresses.postcode TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE addresses.street TO hjerteloeber_owner;
GRANT SELECT ON TABLE addresses.street TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE addresses.street_key TO hjerteloeber_owner;
GRANT SELECT ON TABLE addresses.street_key TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.aed TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.aed TO hjerteloeber_worker;
GRANT SELECT ON TABLE aeds.aed TO hjerteloeber_stats;
GRANT SELECT ON TABLE aeds.aed TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.import_source TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.import_source TO hjerteloeber_worker;
GRANT SELECT ON TABLE aeds.import_source TO hjerteloeber_stats;
GRANT SELECT ON TABLE aeds.import_source TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.reservation TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE aeds.reservation TO hjerteloeber_worker;
GRANT SELECT ON TABLE aeds.reservation TO hjerteloeber_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE alerts.alert TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE alerts.alert TO hjerteloeber_worker;
GRANT SELECT ON TABLE alerts.alert TO hjerteloeber_stats;
GRANT SELECT ON TABLE alerts.alert TO hjerteloeber_owner;
GRANT DELETE ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(kind) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(state) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT(answered_at) ON TABLE alerts.alert TO hjerteloeber_across;
GRANT SELECT,INSERT,UPDATE ON TABLE attention.agreement TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE attention.agreement TO hjerteloeber_api;
GRANT SELECT ON TABLE attention.agreement TO hjerteloeber_worker;
GRANT UPDATE(valid) ON TABLE attention.agreement TO hjerteloeber_api;
GRANT SELECT ON TABLE attention.item TO hjerteloeber_owner;
GRANT SELECT ON TABLE attention.item TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE attention.item TO hjerteloeber_worker;
GRANT UPDATE(over_at) ON TABLE attention.item TO hjerteloeber_worker;
GRANT UPDATE(acknowledged_at) ON TABLE attention.item TO hjerteloeber_api;
GRANT UPDATE(acknowledged_by) ON TABLE attention.item TO hjerteloeber_api;
GRANT UPDATE(acknowledged_by_id) ON TABLE attention.item TO hjerteloeber_api;
GRANT SELECT ON TABLE attention.looked TO hjerteloeber_owner;
GRANT SELECT ON TABLE attention.looked TO hjerteloeber_api;
GRANT SELECT,UPDATE ON TABLE attention.looked TO hjerteloeber_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE attention.rule TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE attention.rule TO hjerteloeber_api;
GRANT SELECT ON TABLE attention.rule TO hjerteloeber_worker;
GRANT UPDATE(valid) ON TABLE attention.rule TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE delivery.answer_link TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE delivery.answer_link TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.answer_link TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.answer_link TO hjerteloeber_across;
GRANT SELECT(token_hash) ON TABLE delivery.answer_link TO hjerteloeber_across;
GRANT SELECT(message_id) ON TABLE delivery.answer_link TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE delivery.attempt TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE delivery.attempt TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.attempt TO hjerteloeber_stats;
GRANT SELECT ON TABLE delivery.attempt TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.attempt TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE delivery.attempt TO hjerteloeber_across;
GRANT SELECT(delivery_id) ON TABLE delivery.attempt TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE delivery.attempt_result TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE delivery.attempt_result TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.attempt_result TO hjerteloeber_stats;
GRANT SELECT ON TABLE delivery.attempt_result TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.attempt_result TO hjerteloeber_across;
GRANT SELECT(attempt_id) ON TABLE delivery.attempt_result TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE delivery.bare_address TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE delivery.bare_address TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.bare_address TO hjerteloeber_owner;
GRANT SELECT,UPDATE ON TABLE delivery.channel_switch TO hjerteloeber_owner;
GRANT SELECT ON TABLE delivery.channel_switch TO hjerteloeber_api;
GRANT SELECT ON TABLE delivery.channel_switch TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.channel_switch TO hjerteloeber_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE delivery.delivery TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE delivery.delivery TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.delivery TO hjerteloeber_stats;
GRANT SELECT ON TABLE delivery.delivery TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT(message_id) ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT(channel) ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT(address_id) ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT(state) ON TABLE delivery.delivery TO hjerteloeber_across;
GRANT SELECT,INSERT,UPDATE ON TABLE delivery.message TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE delivery.message TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.message TO hjerteloeber_stats;
GRANT SELECT ON TABLE delivery.message TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.message TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE delivery.message TO hjerteloeber_across;
GRANT SELECT(kind) ON TABLE delivery.message TO hjerteloeber_across;
GRANT SELECT(subject_id) ON TABLE delivery.message TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE delivery.message TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE delivery.receipt TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE delivery.receipt TO hjerteloeber_worker;
GRANT SELECT ON TABLE delivery.receipt TO hjerteloeber_stats;
GRANT SELECT ON TABLE delivery.receipt TO hjerteloeber_owner;
GRANT DELETE ON TABLE delivery.receipt TO hjerteloeber_across;
GRANT SELECT(delivery_id) ON TABLE delivery.receipt TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE foundation.chore_day TO hjerteloeber_worker;
GRANT SELECT ON TABLE foundation.chore_day TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE foundation.journal_entry TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE foundation.journal_entry TO hjerteloeber_worker;
GRANT SELECT ON TABLE foundation.journal_entry TO hjerteloeber_stats;
GRANT SELECT,INSERT ON TABLE foundation.journal_entry TO hjerteloeber_owner;
GRANT DELETE ON TABLE foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT(kind) ON TABLE foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT(centre_id) ON TABLE foundation.journal_entry TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE foundation.journal_seal TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE foundation.journal_seal TO hjerteloeber_worker;
GRANT SELECT ON TABLE foundation.journal_seal TO hjerteloeber_stats;
GRANT SELECT ON TABLE foundation.journal_seal TO hjerteloeber_owner;
GRANT SELECT ON TABLE foundation.migration TO hjerteloeber_api;
GRANT SELECT ON TABLE foundation.migration TO hjerteloeber_worker;
GRANT SELECT ON TABLE foundation.migration TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE foundation.timer TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE foundation.timer TO hjerteloeber_worker;
GRANT SELECT ON TABLE foundation.timer TO hjerteloeber_stats;
GRANT SELECT ON TABLE foundation.timer TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE identity.approval TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE identity.approval TO hjerteloeber_owner;
GRANT SELECT(id) ON TABLE identity.approval TO hjerteloeber_worker;
GRANT UPDATE(state) ON TABLE identity.approval TO hjerteloeber_api;
GRANT UPDATE(state) ON TABLE identity.approval TO hjerteloeber_owner;
GRANT SELECT(state),UPDATE(state) ON TABLE identity.approval TO hjerteloeber_worker;
GRANT SELECT(expires_at) ON TABLE identity.approval TO hjerteloeber_worker;
GRANT UPDATE(decided_by) ON TABLE identity.approval TO hjerteloeber_api;
GRANT UPDATE(decided_by) ON TABLE identity.approval TO hjerteloeber_owner;
GRANT UPDATE(decided_at) ON TABLE identity.approval TO hjerteloeber_api;
GRANT UPDATE(decided_at) ON TABLE identity.approval TO hjerteloeber_owner;
GRANT UPDATE(decided_at) ON TABLE identity.approval TO hjerteloeber_worker;
GRANT UPDATE(fetched_at) ON TABLE identity.approval TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.client TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE identity.client TO hjerteloeber_owner;
GRANT SELECT ON TABLE identity.client TO hjerteloeber_worker;
GRANT UPDATE(frozen_at) ON TABLE identity.client TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.client_certificate TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.client_certificate TO hjerteloeber_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.client_certificate TO hjerteloeber_owner;
GRANT UPDATE(ends_at) ON TABLE identity.client_certificate TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE identity.client_clock TO hjerteloeber_api;
GRANT SELECT ON TABLE identity.client_clock TO hjerteloeber_worker;
GRANT SELECT ON TABLE identity.client_clock TO hjerteloeber_owner;
GRANT SELECT ON TABLE identity.client_key TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.client_key TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.code_count TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.code_count TO hjerteloeber_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.one_time_code TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.one_time_code TO hjerteloeber_worker;
GRANT SELECT ON TABLE identity.one_time_code TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_token TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_token TO hjerteloeber_worker;
GRANT SELECT ON TABLE identity.refresh_token TO hjerteloeber_owner;
GRANT SELECT(family_id) ON TABLE identity.refresh_token TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE identity.refresh_token TO hjerteloeber_across;
GRANT SELECT(token_hash) ON TABLE identity.refresh_token TO hjerteloeber_across;
GRANT SELECT ON TABLE identity.staff_role TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE identity.staff_role TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE identity.used_proof TO hjerteloeber_api;
GRANT SELECT,DELETE ON TABLE identity.used_proof TO hjerteloeber_worker;
GRANT SELECT,INSERT ON TABLE incidents.by_hand TO hjerteloeber_api;
GRANT SELECT ON TABLE incidents.by_hand TO hjerteloeber_owner;
GRANT UPDATE(decision) ON TABLE incidents.by_hand TO hjerteloeber_api;
GRANT UPDATE(decided_by) ON TABLE incidents.by_hand TO hjerteloeber_api;
GRANT UPDATE(decided_at) ON TABLE incidents.by_hand TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE incidents.by_hand_limit TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE incidents.by_hand_limit TO hjerteloeber_owner;
GRANT UPDATE(valid) ON TABLE incidents.by_hand_limit TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.data_key TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.data_key TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.data_key TO hjerteloeber_owner;
GRANT SELECT,UPDATE ON TABLE incidents.data_key TO hjerteloeber_backfill;
GRANT SELECT(incident_id) ON TABLE incidents.data_key TO hjerteloeber_across;
GRANT SELECT(key_id) ON TABLE incidents.data_key TO hjerteloeber_across;
GRANT SELECT(wrapped) ON TABLE incidents.data_key TO hjerteloeber_across;
GRANT SELECT,INSERT,UPDATE ON TABLE incidents.incident TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE incidents.incident TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.incident TO hjerteloeber_owner;
GRANT DELETE ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(kind) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(kind) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(centre_id) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(centre_id) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(state) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(state) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(asking) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(opened_at) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(opened_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(last_event_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(centre_asked_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(ended_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(ended_at) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(end_reason) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(revision) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(cell_r9) ON TABLE incidents.incident TO hjerteloeber_across;
GRANT SELECT(cell_r9) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(municipality) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(region) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(coarse) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(exclusions) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(circumstances) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(age_group) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(patient_sex) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(dansk_indeks) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(call_received_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(recognised_at) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(linked_to) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(reach_step) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(reach_since) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(wanted) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT(lacking) ON TABLE incidents.incident TO hjerteloeber_stats;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.incident_place TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.incident_place TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.incident_place TO hjerteloeber_owner;
GRANT DELETE ON TABLE incidents.incident_place TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE incidents.incident_place TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE incidents.incident_place TO hjerteloeber_stats;
GRANT SELECT(point_sealed) ON TABLE incidents.incident_place TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.possible_duplicate TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.possible_duplicate TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.possible_duplicate TO hjerteloeber_owner;
GRANT DELETE ON TABLE incidents.possible_duplicate TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE incidents.possible_duplicate TO hjerteloeber_across;
GRANT SELECT(other_id) ON TABLE incidents.possible_duplicate TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.request_key TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE incidents.request_key TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.request_key TO hjerteloeber_owner;
GRANT DELETE ON TABLE incidents.request_key TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE incidents.request_key TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE incidents.viewed TO hjerteloeber_api;
GRANT SELECT ON TABLE incidents.viewed TO hjerteloeber_worker;
GRANT SELECT ON TABLE incidents.viewed TO hjerteloeber_owner;
GRANT SELECT,DELETE ON TABLE incidents.viewed TO hjerteloeber_across;
GRANT SELECT ON TABLE locations.blackout_area TO hjerteloeber_owner;
GRANT SELECT ON TABLE locations.blackout_area TO hjerteloeber_api;
GRANT SELECT ON TABLE locations.blackout_area TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.blackout_area TO hjerteloeber_across;
GRANT SELECT ON TABLE locations.blackout_cell TO hjerteloeber_owner;
GRANT SELECT ON TABLE locations.blackout_cell TO hjerteloeber_api;
GRANT SELECT ON TABLE locations.blackout_cell TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.blackout_cell TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations.fixed_place TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations.fixed_place TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.fixed_place TO hjerteloeber_owner;
GRANT SELECT ON TABLE locations.land_cell TO hjerteloeber_owner;
GRANT SELECT ON TABLE locations.land_cell TO hjerteloeber_api;
GRANT SELECT ON TABLE locations.land_cell TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.land_cell TO hjerteloeber_stats;
GRANT SELECT ON TABLE locations.land_part TO hjerteloeber_owner;
GRANT SELECT ON TABLE locations.land_part TO hjerteloeber_api;
GRANT SELECT ON TABLE locations.land_part TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.land_part TO hjerteloeber_stats;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations.mission_position TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations.mission_position TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations.mission_position TO hjerteloeber_owner;
GRANT DELETE ON TABLE locations.mission_position TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE locations.mission_position TO hjerteloeber_across;
GRANT SELECT(measured_at) ON TABLE locations.mission_position TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations."position" TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations."position" TO hjerteloeber_worker;
GRANT SELECT ON TABLE locations."position" TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE locations."position" TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE locations."position" TO hjerteloeber_stats;
GRANT SELECT(available) ON TABLE locations."position" TO hjerteloeber_stats;
GRANT SELECT(seen_at) ON TABLE locations."position" TO hjerteloeber_stats;
GRANT SELECT ON TABLE recruitment.campaign TO hjerteloeber_api;
GRANT SELECT ON TABLE recruitment.campaign TO hjerteloeber_worker;
GRANT SELECT,INSERT ON TABLE recruitment.campaign TO hjerteloeber_campaigns;
GRANT UPDATE(told_on) ON TABLE recruitment.campaign TO hjerteloeber_worker;
GRANT UPDATE(forgotten_at) ON TABLE recruitment.campaign TO hjerteloeber_worker;
GRANT SELECT ON TABLE recruitment.counting_group TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE recruitment.counting_group TO hjerteloeber_worker;
GRANT SELECT,INSERT ON TABLE recruitment.counting_group TO hjerteloeber_campaigns;
GRANT SELECT ON TABLE recruitment.join_code TO hjerteloeber_api;
GRANT SELECT ON TABLE recruitment.join_code TO hjerteloeber_worker;
GRANT SELECT(code),INSERT(code) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT(campaign_id),INSERT(campaign_id) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT(unit),INSERT(unit) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT(channel),INSERT(channel) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT(opened_at),INSERT(opened_at) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT SELECT(closed_at),UPDATE(closed_at) ON TABLE recruitment.join_code TO hjerteloeber_campaigns;
GRANT UPDATE(begun) ON TABLE recruitment.join_code TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE recruitment.member TO hjerteloeber_api;
GRANT SELECT,DELETE ON TABLE recruitment.member TO hjerteloeber_worker;
GRANT UPDATE(stage) ON TABLE recruitment.member TO hjerteloeber_worker;
GRANT UPDATE(answered) ON TABLE recruitment.member TO hjerteloeber_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE recruitment.tally TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE recruitment.tally TO hjerteloeber_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE recruitment.tellable TO hjerteloeber_worker;
GRANT SELECT,INSERT ON TABLE recruitment.told TO hjerteloeber_worker;
GRANT SELECT ON TABLE recruitment.told TO hjerteloeber_campaigns;
GRANT SELECT,INSERT,DELETE ON TABLE recruitment.touch TO hjerteloeber_api;
GRANT SELECT,DELETE ON TABLE recruitment.touch TO hjerteloeber_worker;
GRANT UPDATE(already) ON TABLE recruitment.touch TO hjerteloeber_api;
GRANT SELECT ON TABLE recruitment.within TO hjerteloeber_api;
GRANT SELECT ON TABLE recruitment.within TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.access TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE regions.access TO hjerteloeber_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE regions.access TO hjerteloeber_owner;
GRANT SELECT ON TABLE regions.area TO hjerteloeber_api;
GRANT SELECT ON TABLE regions.area TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.area TO hjerteloeber_stats;
GRANT SELECT ON TABLE regions.area TO hjerteloeber_owner;
GRANT SELECT ON TABLE regions.area TO hjerteloeber_campaigns;
GRANT SELECT ON TABLE regions.centre_area TO hjerteloeber_api;
GRANT SELECT ON TABLE regions.centre_area TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.centre_area TO hjerteloeber_stats;
GRANT SELECT ON TABLE regions.centre_area TO hjerteloeber_owner;
GRANT SELECT ON TABLE regions.centre_number TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE regions.centre_number TO hjerteloeber_owner;
GRANT SELECT ON TABLE regions.dispatch_centre TO hjerteloeber_api;
GRANT SELECT ON TABLE regions.dispatch_centre TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.dispatch_centre TO hjerteloeber_stats;
GRANT SELECT ON TABLE regions.dispatch_centre TO hjerteloeber_owner;
GRANT SELECT,INSERT,UPDATE ON TABLE regions.feed TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE regions.feed TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.feed TO hjerteloeber_stats;
GRANT SELECT,DELETE ON TABLE regions.feed TO hjerteloeber_owner;
GRANT SELECT ON TABLE regions.postcode TO hjerteloeber_api;
GRANT SELECT ON TABLE regions.postcode TO hjerteloeber_worker;
GRANT SELECT ON TABLE regions.postcode TO hjerteloeber_stats;
GRANT SELECT ON TABLE regions.postcode TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE responses.status TO hjerteloeber_api;
GRANT SELECT,INSERT ON TABLE responses.status TO hjerteloeber_worker;
GRANT SELECT ON TABLE responses.status TO hjerteloeber_stats;
GRANT SELECT ON TABLE responses.status TO hjerteloeber_owner;
GRANT DELETE ON TABLE responses.status TO hjerteloeber_across;
GRANT SELECT(alert_id) ON TABLE responses.status TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE responses.word TO hjerteloeber_api;
GRANT SELECT ON TABLE responses.word TO hjerteloeber_worker;
GRANT SELECT ON TABLE responses.word TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE ON TABLE selection.candidate TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE ON TABLE selection.candidate TO hjerteloeber_worker;
GRANT SELECT ON TABLE selection.candidate TO hjerteloeber_owner;
GRANT DELETE ON TABLE selection.candidate TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE selection.candidate TO hjerteloeber_across;
GRANT SELECT,INSERT ON TABLE selection.policy TO hjerteloeber_api;
GRANT SELECT ON TABLE selection.policy TO hjerteloeber_worker;
GRANT SELECT ON TABLE selection.policy TO hjerteloeber_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE selection.policy TO hjerteloeber_owner;
GRANT SELECT,INSERT ON TABLE selection.policy_draft TO hjerteloeber_api;
GRANT SELECT,INSERT,UPDATE ON TABLE selection.policy_in_force TO hjerteloeber_api;
GRANT SELECT ON TABLE selection.policy_in_force TO hjerteloeber_worker;
GRANT SELECT ON TABLE selection.policy_in_force TO hjerteloeber_stats;
GRANT SELECT,INSERT,UPDATE ON TABLE selection.policy_in_force TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE signup.session TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE signup.session TO hjerteloeber_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.address TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.address TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.address TO hjerteloeber_owner;
GRANT SELECT(id) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT(volunteer_id) ON TABLE volunteers.address TO hjerteloeber_stats;
GRANT SELECT(kind) ON TABLE volunteers.address TO hjerteloeber_stats;
GRANT SELECT(device_id),UPDATE(device_id) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT(channel) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT(channel) ON TABLE volunteers.address TO hjerteloeber_stats;
GRANT SELECT(value),UPDATE(value) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT UPDATE(health) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT(health) ON TABLE volunteers.address TO hjerteloeber_stats;
GRANT UPDATE(changed_at) ON TABLE volunteers.address TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.consent TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.consent TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.consent TO hjerteloeber_stats;
GRANT SELECT ON TABLE volunteers.consent TO hjerteloeber_owner;
GRANT SELECT(volunteer_id) ON TABLE volunteers.consent TO hjerteloeber_across;
GRANT SELECT(purpose) ON TABLE volunteers.consent TO hjerteloeber_across;
GRANT SELECT(withdrawn_at) ON TABLE volunteers.consent TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.data_key TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.data_key TO hjerteloeber_worker;
GRANT SELECT,INSERT,DELETE ON TABLE volunteers.data_key TO hjerteloeber_owner;
GRANT SELECT,UPDATE ON TABLE volunteers.data_key TO hjerteloeber_backfill;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.device TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.device TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.device TO hjerteloeber_stats;
GRANT SELECT ON TABLE volunteers.device TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.engagement TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.engagement TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.engagement TO hjerteloeber_owner;
GRANT SELECT(volunteer_id) ON TABLE volunteers.engagement TO hjerteloeber_across;
GRANT SELECT(incident_id) ON TABLE volunteers.engagement TO hjerteloeber_across;
GRANT SELECT(state) ON TABLE volunteers.engagement TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.volunteer TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.volunteer TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.volunteer TO hjerteloeber_stats;
GRANT SELECT ON TABLE volunteers.volunteer TO hjerteloeber_owner;
GRANT SELECT(id) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT(id) ON TABLE volunteers.volunteer TO hjerteloeber_backfill;
GRANT SELECT(kind) ON TABLE volunteers.volunteer TO hjerteloeber_backfill;
GRANT SELECT(kind) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT(state) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT(withdrawn_at) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT(on_duty) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT(coarse_position) ON TABLE volunteers.volunteer TO hjerteloeber_across;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.volunteer_identity TO hjerteloeber_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE volunteers.volunteer_identity TO hjerteloeber_worker;
GRANT SELECT ON TABLE volunteers.volunteer_identity TO hjerteloeber_owner;
GRANT SELECT(volunteer_id) ON TABLE volunteers.volunteer_identity TO hjerteloeber_backfill;
GRANT SELECT(volunteer_id) ON TABLE volunteers.volunteer_identity TO hjerteloeber_across;
GRANT SELECT(phone_hash),UPDATE(phone_hash) ON TABLE volunteers.volunteer_identity TO hjerteloeber_backfill;
GRANT SELECT(phone_hash) ON TABLE volunteers.volunteer_identity TO hjerteloeber_across;
GRANT SELECT(phone_sealed) ON TABLE volunteers.volunteer_identity TO hjerteloeber_backfill;
GRANT SELECT,UPDATE ON TABLE webhooks.delivery TO hjerteloeber_owner;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE webhooks.delivery TO hjerteloeber_worker;
GRANT SELECT,UPDATE ON TABLE webhooks.read_until TO hjerteloeber_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE webhooks.subscription TO hjerteloeber_owner;
GRANT SELECT ON TABLE webhooks.subscription TO hjerteloeber_worker;
