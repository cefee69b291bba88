-- What a worker looks for: on one channel, by urgency, what is new before what was tried, the newest first. `next_at`
-- stands at the end so that what is not yet due (texts that wait for the second channel's turn) is passed over inside
-- the index. The app's own stream is in it too, since what is queued there ends when its channel is switched off.
DROP INDEX delivery.delivery_due;
CREATE INDEX delivery_due ON delivery.delivery (channel, least(attempts, 1), urgency, queued_at DESC, next_at)
  WHERE state = 'queued';
