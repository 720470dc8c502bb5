-- What is needed to neither lose nor repeat a message when somebody dies or an answer is lost.

-- How many claims of a message were begun and neither completed nor released, the present one included: above 1, or
-- above 0 while nobody holds it, Slack may show the message although ts is not known.
ALTER TABLE slack_messages ADD COLUMN attempts INT NOT NULL DEFAULT 0;

-- As whoever opened the run by a command saw it; null for a run from elsewhere, and where Slack does not tell.
ALTER TABLE coffee_runs ADD COLUMN channel_name VARCHAR(80);

-- Which records of coffee.deadletter an operator has dealt with. The record's time is part of the key, because offsets
-- begin anew when a topic is created again. Few rows, and kept: a record must not be replayed twice however old it is.
CREATE TABLE deadletter_handled (
    partition     INT         NOT NULL,
    record_offset BIGINT      NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    action        VARCHAR(10) NOT NULL CHECK (action IN ('replayed', 'dropped')),
    handled_at    TIMESTAMPTZ NOT NULL,
    handled_by    TEXT        NOT NULL,
    PRIMARY KEY (partition, record_offset, recorded_at)
);
