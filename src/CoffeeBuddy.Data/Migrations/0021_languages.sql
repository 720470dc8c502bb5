-- The languages in which people are addressed.
ALTER TABLE users
    -- As Slack tells it, for example de-DE.
    ADD COLUMN locale              VARCHAR(20),
    -- What the person has chosen, for example de; null: as in Slack.
    ADD COLUMN language            VARCHAR(20),
    -- When one of the two last changed; null: never. Workers hold the languages in memory, and read those that have
    -- changed since.
    ADD COLUMN language_changed_at TIMESTAMPTZ;

CREATE INDEX users_language_changed ON users (language_changed_at, user_id) WHERE language_changed_at IS NOT NULL;
