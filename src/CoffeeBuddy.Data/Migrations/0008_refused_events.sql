-- An event that Kafka will never accept, such as one larger than its limit, is put aside: it is not published again, and
-- does not hold back later events of its key. With failed_at set to NULL the sweep tries it again.
ALTER TABLE outbox ADD COLUMN failed_at TIMESTAMPTZ, ADD COLUMN failure TEXT;

CREATE INDEX outbox_failed ON outbox (failed_at) WHERE failed_at IS NOT NULL;
