-- The runs of a channel are searched by its id alone: several workspaces of an organisation can share a channel.
DROP INDEX coffee_runs_channel;
CREATE INDEX coffee_runs_channel ON coffee_runs (channel_id, created_at DESC);
