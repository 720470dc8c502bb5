-- Absences that end by themselves, and what people set for themselves.
ALTER TABLE users
    -- When the absence ends; null: when the person says so. It counts only when it is later than away_as_of: an older worker
    -- sets away without it.
    ADD COLUMN away_until         TIMESTAMPTZ,
    -- As Slack tells it: an IANA name, and the offset of the day on which the profile was read.
    ADD COLUMN time_zone          VARCHAR(64),
    ADD COLUMN utc_offset_seconds INT,
    -- Null: the delay of the settings.
    ADD COLUMN reminder_minutes   SMALLINT,
    ADD COLUMN reminder_in_thread BOOLEAN NOT NULL DEFAULT FALSE,
    -- In the person's time zone; they may pass midnight.
    ADD COLUMN quiet_from         TIME,
    ADD COLUMN quiet_to           TIME,
    ADD COLUMN away_in_dnd        BOOLEAN NOT NULL DEFAULT FALSE,
    -- Until when Slack says that the person is not to be disturbed; read before a choice, with away_in_dnd only.
    ADD COLUMN dnd_until          TIMESTAMPTZ,
    ADD COLUMN opted_out          BOOLEAN NOT NULL DEFAULT FALSE,
    ADD CONSTRAINT users_reminder_minutes CHECK (reminder_minutes BETWEEN 1 AND 4),
    ADD CONSTRAINT users_quiet_hours CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to);

-- The reminder is postponed because of the runner's quiet hours.
ALTER TABLE coffee_runs ADD COLUMN reminder_not_before TIMESTAMPTZ;
