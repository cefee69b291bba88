-- Delivery starts nothing that was stopped or whose time is over (delivery.queries_claim.start). This is the net under
-- it: held FOR SHARE, so that a stop either waits for the attempt's commit or is seen here.
CREATE FUNCTION delivery.refuse_late_attempt() RETURNS trigger
LANGUAGE plpgsql AS $$
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

CREATE CONSTRAINT TRIGGER no_late_attempt AFTER INSERT ON delivery.attempt
FOR EACH ROW EXECUTE FUNCTION delivery.refuse_late_attempt();
