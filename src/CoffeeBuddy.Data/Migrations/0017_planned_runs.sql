-- Runs that are to be opened later.
CREATE TABLE planned_runs (
    -- The id that the run will have.
    run_id            UUID         PRIMARY KEY,
    workspace_id      VARCHAR(64)  NOT NULL,
    -- The organisation of the workspace.
    enterprise_id     VARCHAR(64),
    channel_id        VARCHAR(64)  NOT NULL,
    channel_name      VARCHAR(80),
    -- A person who is deleted has planned nothing.
    initiator_user_id VARCHAR(64)  NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    starts_at         TIMESTAMPTZ  NOT NULL,
    status            VARCHAR(10)  NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'started', 'cancelled', 'dropped')),
    drop_reason       VARCHAR(20)  CHECK (drop_reason IN ('active_run', 'too_many_runs', 'not_member', 'archived', 'not_served', 'late')),
    created_at        TIMESTAMPTZ  NOT NULL,
    -- When it was started, cancelled or dropped.
    ended_at          TIMESTAMPTZ,
    -- When the person was told that it was dropped, or cannot be told.
    told_at           TIMESTAMPTZ,

    CONSTRAINT planned_runs_dropped_for_a_reason CHECK ((status = 'dropped') = (drop_reason IS NOT NULL)),
    CONSTRAINT planned_runs_end_has_time CHECK ((status = 'planned') = (ended_at IS NULL)),
    CONSTRAINT planned_runs_told_of_dropped CHECK (told_at IS NULL OR status = 'dropped')
);

CREATE UNIQUE INDEX planned_runs_one_at_a_time ON planned_runs (channel_id, starts_at) WHERE status = 'planned';
CREATE INDEX planned_runs_due ON planned_runs (starts_at) WHERE status = 'planned';
CREATE INDEX planned_runs_untold ON planned_runs (ended_at) WHERE status = 'dropped' AND told_at IS NULL;
CREATE INDEX planned_runs_ended ON planned_runs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX planned_runs_initiator ON planned_runs (initiator_user_id, starts_at);

-- A message can be about a planned run that was not opened: there is no run with its id.
ALTER TABLE slack_messages DROP CONSTRAINT slack_messages_run_id_fkey;
