-- An exercise is reported with a scope of its own. The scope follows from the client's kind, and so the table says it too.
UPDATE identity.client SET scopes = array_replace(scopes, 'incidents:write', 'exercises:write') WHERE kind = 'exercise';
ALTER TABLE identity.client ADD CONSTRAINT client_writes_its_own_kind CHECK (
  CASE WHEN kind = 'exercise' THEN NOT 'incidents:write' = ANY (scopes) ELSE NOT 'exercises:write' = ANY (scopes) END);

-- The machine's own alarm runs 1,440 times a day and is nobody's evidence: after a day its rows go. What is kept for good
-- stays out of every process's reach: these functions are the owner's and look at the kind themselves.
CREATE FUNCTION responses.forget_synthetic(incidents uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM responses.status s USING alerts.alert a
  WHERE s.alert_id = a.id AND a.incident_id = ANY (incidents) AND a.kind = 'synthetic';
$$;
CREATE FUNCTION alerts.forget_synthetic(incidents uuid[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM alerts.alert a WHERE a.incident_id = ANY (incidents) AND a.kind = 'synthetic' RETURNING a.id;
$$;
CREATE FUNCTION incidents.forget_synthetic(incidents uuid[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
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
CREATE FUNCTION delivery.forget_synthetic(subjects uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
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
CREATE FUNCTION foundation.forget_synthetic(incidents uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM foundation.journal_entry e WHERE e.incident_id = ANY (incidents) AND e.kind = 'synthetic';
$$;
REVOKE ALL ON FUNCTION responses.forget_synthetic, alerts.forget_synthetic, incidents.forget_synthetic,
  delivery.forget_synthetic, foundation.forget_synthetic FROM PUBLIC;
GRANT EXECUTE ON FUNCTION responses.forget_synthetic, alerts.forget_synthetic, incidents.forget_synthetic,
  delivery.forget_synthetic, foundation.forget_synthetic TO hjerteloeber_worker;
CREATE INDEX incident_synthetic ON incidents.incident (ended_at) WHERE kind = 'synthetic';
