-- What delivering needs: events on their way to Kafka, messages on their way to Slack, and what was handled already.

-- An event is written in the transaction of its change, published right after, and swept if that did not happen.
CREATE TABLE outbox (
    outbox_id     BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      UUID        NOT NULL UNIQUE,
    topic         VARCHAR(249) NOT NULL,
    message_key   TEXT        NOT NULL,
    event_type    VARCHAR(100) NOT NULL,
    -- JSON, as text: what goes to Kafka is byte for byte what was written.
    data          TEXT        NOT NULL,
    trace_parent  TEXT,
    created_at    TIMESTAMPTZ NOT NULL,
    -- Until then somebody is publishing it.
    claimed_until TIMESTAMPTZ,
    published_at  TIMESTAMPTZ,
    attempts      INT         NOT NULL DEFAULT 0
);

CREATE INDEX outbox_pending ON outbox (outbox_id) WHERE published_at IS NULL;
CREATE INDEX outbox_pending_key ON outbox (message_key, outbox_id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

-- One row per message that Slack shows for a run, claimed before Slack is called.
CREATE TABLE slack_messages (
    run_id        UUID        NOT NULL REFERENCES coffee_runs (run_id),
    kind          VARCHAR(30) NOT NULL,
    -- A user id; empty for what is posted in the run's channel.
    recipient     VARCHAR(64) NOT NULL,
    channel_id    VARCHAR(64),
    ts            VARCHAR(32),
    shown_version BIGINT      NOT NULL DEFAULT 0,
    -- Until then somebody is calling Slack, and the token says who.
    claimed_until TIMESTAMPTZ,
    claim_token   UUID,
    -- Slack's error when it will not change by trying again.
    error         TEXT,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, kind, recipient)
);

CREATE INDEX slack_messages_thread ON slack_messages (channel_id, ts) WHERE kind = 'announcement';

-- What came in with an id of its own and was handled, or is being handled.
CREATE TABLE processed_events (
    event_id      TEXT        PRIMARY KEY,
    claimed_until TIMESTAMPTZ NOT NULL,
    done_at       TIMESTAMPTZ
);

CREATE INDEX processed_events_age ON processed_events (claimed_until);

-- The first answer to a request that its caller may repeat.
CREATE TABLE idempotency_keys (
    caller       TEXT        NOT NULL,
    key          TEXT        NOT NULL,
    request_hash TEXT        NOT NULL,
    result       JSONB,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (caller, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
