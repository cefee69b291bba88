-- Waves: how far an incident reaches by now and since when, how many are to be asked at a time, and how many of them
-- were not only because they ring or run elsewhere.
ALTER TABLE incidents.incident
    ADD COLUMN reach_step int NOT NULL DEFAULT 0 CHECK (reach_step >= 0),
    ADD COLUMN reach_since timestamptz,
    ADD COLUMN wanted int NOT NULL DEFAULT 0 CHECK (wanted >= 0),
    ADD COLUMN lacking int NOT NULL DEFAULT 0 CHECK (lacking >= 0);
-- What was wanted so far is the size of the first wave.
UPDATE incidents.incident i SET wanted = (
    SELECT count(*) FROM alerts.alert a WHERE a.incident_id = i.id AND a.wave = (
        SELECT min(wave) FROM alerts.alert f WHERE f.incident_id = i.id))
WHERE i.state = 'open';

-- Which revision of the place an acceptor's phone was last reported not to have shown; 0: none.
ALTER TABLE alerts.alert ADD COLUMN unheard_revision int NOT NULL DEFAULT 0;

-- The table of legal moves as the database's own net: giving up is final whatever a statement says. A test compares it
-- with backend.alerts.alert.MOVES.
CREATE FUNCTION alerts.is_legal_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN before = after OR CASE before
    WHEN 'ringing' THEN after IN ('accepted', 'declined', 'missed', 'unreachable', 'withdrawn', 'stood_down')
    WHEN 'declined' THEN after IN ('accepted', 'stood_down')
    WHEN 'missed' THEN after IN ('accepted', 'declined', 'stood_down')
    WHEN 'unreachable' THEN after IN ('accepted', 'declined', 'stood_down')
    WHEN 'accepted' THEN after IN ('stood_down', 'gave_up', 'finished')
    ELSE false END;

CREATE FUNCTION alerts.refuse_illegal_move() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'alert %: % -> % is no legal move', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER only_legal_moves BEFORE UPDATE OF state ON alerts.alert
FOR EACH ROW WHEN (NOT alerts.is_legal_move(OLD.state, NEW.state)) EXECUTE FUNCTION alerts.refuse_illegal_move();
