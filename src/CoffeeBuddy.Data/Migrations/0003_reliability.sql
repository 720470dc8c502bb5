-- For messages that are neither lost nor repeated when a worker ends or an answer is lost.

-- The number of claims of a message that were neither completed nor released, the present one included. Above 1, or above
-- 0 without a present claim, Slack may show the message although ts is not known.
ALTER TABLE slack_messages ADD COLUMN attempts INT NOT NULL DEFAULT 0;

-- The name in the command that opened the run; null when the run was opened otherwise, or Slack did not send a name.
ALTER TABLE coffee_runs ADD COLUMN channel_name VARCHAR(80);

-- The records of coffee.deadletter that an operator has handled. The record's time is part of the key, because offsets
-- start at 0 again when a topic is created anew. The rows are few and are kept: no record may be replayed twice.
CREATE TABLE deadletter_handled (
    partition     INT         NOT NULL,
    record_offset BIGINT      NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    action        VARCHAR(10) NOT NULL CHECK (action IN ('replayed', 'dropped')),
    handled_at    TIMESTAMPTZ NOT NULL,
    handled_by    TEXT        NOT NULL,
    PRIMARY KEY (partition, record_offset, recorded_at)
);
