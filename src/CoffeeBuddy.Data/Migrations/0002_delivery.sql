-- For delivery: events to be published to Kafka, messages to be shown by Slack, and events that were handled.

-- An event is written in the transaction of its change and published right after it; if that fails, by the sweep.
CREATE TABLE outbox (
    outbox_id     BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      UUID        NOT NULL UNIQUE,
    topic         VARCHAR(249) NOT NULL,
    message_key   TEXT        NOT NULL,
    event_type    VARCHAR(100) NOT NULL,
    -- JSON as text: the same bytes go to Kafka.
    data          TEXT        NOT NULL,
    trace_parent  TEXT,
    created_at    TIMESTAMPTZ NOT NULL,
    -- Until then a worker is publishing it.
    leased_until  TIMESTAMPTZ,
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
    -- A user id; empty for a message in the run's channel.
    recipient     VARCHAR(64) NOT NULL,
    channel_id    VARCHAR(64),
    ts            VARCHAR(32),
    shown_version BIGINT      NOT NULL DEFAULT 0,
    -- Until then a worker is calling Slack; the token identifies its claim.
    claimed_until TIMESTAMPTZ,
    claim_token   UUID,
    -- Slack's error when it refused the message permanently.
    error         TEXT,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, kind, recipient)
);

CREATE INDEX slack_messages_thread ON slack_messages (channel_id, ts) WHERE kind = 'announcement';

-- Incoming events with an id that were handled or are being handled.
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
