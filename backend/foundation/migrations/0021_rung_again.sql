-- Whoever was let go for a place that was another one may be rung again; every other end stays final.
CREATE OR REPLACE FUNCTION alerts.is_legal_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN before = after OR CASE before
    WHEN 'ringing' THEN after IN ('accepted', 'declined', 'missed', 'unreachable', 'withdrawn', 'stood_down')
    WHEN 'declined' THEN after IN ('accepted', 'stood_down')
    WHEN 'missed' THEN after IN ('accepted', 'declined', 'stood_down')
    WHEN 'unreachable' THEN after IN ('accepted', 'declined', 'stood_down')
    WHEN 'accepted' THEN after IN ('stood_down', 'gave_up', 'finished')
    WHEN 'withdrawn' THEN after = 'ringing'
    WHEN 'stood_down' THEN after = 'ringing'
    ELSE false END;

DROP TRIGGER only_legal_moves ON alerts.alert;
CREATE TRIGGER only_legal_moves BEFORE UPDATE OF state ON alerts.alert
FOR EACH ROW WHEN (
    NOT alerts.is_legal_move(OLD.state, NEW.state)
    OR (NEW.state = 'ringing' AND OLD.state <> 'ringing'
        AND coalesce(OLD.reason, '') NOT IN ('out_of_reach', 'nearer_ones_asked')))
EXECUTE FUNCTION alerts.refuse_illegal_move();
