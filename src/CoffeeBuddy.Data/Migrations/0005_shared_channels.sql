-- A channel's runs are found by its id alone: several workspaces of an organisation can share it.
DROP INDEX coffee_runs_channel;
CREATE INDEX coffee_runs_channel ON coffee_runs (channel_id, created_at DESC);
