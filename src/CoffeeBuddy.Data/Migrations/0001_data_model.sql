-- The tables and columns of the specification under their names; after an empty line, the columns that were added.
--
-- TIMESTAMP of the specification is TIMESTAMP WITH TIME ZONE here. It stores the same eight bytes, but is an instant: a
-- client reads the type without a zone as its local time, so in another zone every deadline would be moved. No statement of
-- the application uses now(): all times come from the application's clock.

CREATE TYPE run_status AS ENUM ('active', 'completed', 'cancelled');

CREATE TABLE users (
    user_id              VARCHAR(64)  PRIMARY KEY,
    display_name         VARCHAR(255),
    email                VARCHAR(255),
    created_at           TIMESTAMPTZ  NOT NULL,
    updated_at           TIMESTAMPTZ  NOT NULL,

    away                 BOOLEAN      NOT NULL DEFAULT FALSE,
    profile_refreshed_at TIMESTAMPTZ
);

CREATE TABLE coffee_runs (
    run_id             UUID        PRIMARY KEY,
    workspace_id       VARCHAR(64) NOT NULL,
    channel_id         VARCHAR(64) NOT NULL,
    initiator_user_id  VARCHAR(64) NOT NULL REFERENCES users (user_id),
    runner_user_id     VARCHAR(64) REFERENCES users (user_id),
    status             run_status  NOT NULL DEFAULT 'active',
    created_at         TIMESTAMPTZ NOT NULL,
    completed_at       TIMESTAMPTZ,
    reminder_sent_at   TIMESTAMPTZ,

    first_order_at     TIMESTAMPTZ,
    deadline_at        TIMESTAMPTZ,
    assigned_at        TIMESTAMPTZ,
    assignment_reason  TEXT,
    cancelled_at       TIMESTAMPTZ,
    closed_by_user_id  VARCHAR(64) REFERENCES users (user_id),
    version            INT         NOT NULL DEFAULT 1,
    -- When version last grew.
    changed_at         TIMESTAMPTZ NOT NULL,
    -- Since when the run has had no order; null while it has one.
    empty_since        TIMESTAMPTZ,
    reminder_queued_at TIMESTAMPTZ,
    reconciled_at      TIMESTAMPTZ,

    CONSTRAINT coffee_runs_runner_is_assigned CHECK ((runner_user_id IS NULL) = (assigned_at IS NULL)),
    CONSTRAINT coffee_runs_completed_has_time CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT coffee_runs_cancelled_has_time CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT coffee_runs_deadline_follows_order CHECK ((first_order_at IS NULL) = (deadline_at IS NULL))
);

-- At most one active run per channel.
CREATE UNIQUE INDEX coffee_runs_one_active ON coffee_runs (workspace_id, channel_id) WHERE status = 'active';
-- For the history of a channel and for its last runner.
CREATE INDEX coffee_runs_channel ON coffee_runs (workspace_id, channel_id, created_at DESC);
-- For a person's runs: started by them, made by them (also for fairness). Runs they ordered in: orders_user.
CREATE INDEX coffee_runs_initiator ON coffee_runs (initiator_user_id);
CREATE INDEX coffee_runs_runner ON coffee_runs (runner_user_id, created_at) WHERE runner_user_id IS NOT NULL;
-- For the list over all channels, the newest first.
CREATE INDEX coffee_runs_created ON coffee_runs (created_at DESC);
-- For the sweeps: they read active runs only; reconcile also reads runs that changed lately.
CREATE INDEX coffee_runs_deadline ON coffee_runs (deadline_at) WHERE status = 'active' AND runner_user_id IS NULL;
CREATE INDEX coffee_runs_empty ON coffee_runs (empty_since) WHERE status = 'active' AND runner_user_id IS NULL;
CREATE INDEX coffee_runs_reminder ON coffee_runs (assigned_at) WHERE status = 'active' AND reminder_sent_at IS NULL;
CREATE INDEX coffee_runs_active ON coffee_runs (changed_at) WHERE status = 'active';
CREATE INDEX coffee_runs_changed ON coffee_runs (changed_at);

CREATE TABLE orders (
    order_id       UUID         PRIMARY KEY,
    run_id         UUID         NOT NULL REFERENCES coffee_runs (run_id),
    user_id        VARCHAR(64)  NOT NULL REFERENCES users (user_id),
    drink_type     VARCHAR(100) NOT NULL,
    size           VARCHAR(20)  NOT NULL,
    customizations TEXT         NOT NULL,
    created_at     TIMESTAMPTZ  NOT NULL,

    note           VARCHAR(200),

    -- One order per person per run.
    CONSTRAINT orders_one_per_person UNIQUE (run_id, user_id),
    CONSTRAINT orders_customizations_are_a_list CHECK (jsonb_typeof(customizations::jsonb) = 'array')
);

CREATE INDEX orders_user ON orders (user_id, created_at);

CREATE TABLE user_preferences (
    preference_id   UUID         PRIMARY KEY,
    user_id         VARCHAR(64)  NOT NULL REFERENCES users (user_id),
    drink_type      VARCHAR(100) NOT NULL,
    size            VARCHAR(20)  NOT NULL,
    customizations  TEXT         NOT NULL,
    order_count     INT          NOT NULL CHECK (order_count > 0),
    last_ordered_at TIMESTAMPTZ  NOT NULL,

    CONSTRAINT user_preferences_customizations_are_a_list CHECK (jsonb_typeof(customizations::jsonb) = 'array')
);

-- A drink is stored once per person, regardless of letter case. The customizations are hashed, because ten long ones do
-- not fit into one index row.
CREATE UNIQUE INDEX user_preferences_drink
    ON user_preferences (user_id, lower(drink_type), lower(size), md5(lower(customizations)));
CREATE INDEX user_preferences_last ON user_preferences (user_id, last_ordered_at DESC);

CREATE TABLE audit_log (
    log_id      UUID        PRIMARY KEY,
    event_type  VARCHAR(50) NOT NULL,
    user_id     VARCHAR(64) REFERENCES users (user_id),
    run_id      UUID        REFERENCES coffee_runs (run_id),
    payload     JSONB       NOT NULL,
    "timestamp" TIMESTAMPTZ NOT NULL
);

-- Retention deletes by age; an audit reads by run and by person.
CREATE INDEX audit_log_timestamp ON audit_log ("timestamp");
CREATE INDEX audit_log_run ON audit_log (run_id);
CREATE INDEX audit_log_user ON audit_log (user_id, "timestamp");
