-- Who closed the run with an access token that has the admin scope but no Slack user id: the token's subject.
ALTER TABLE coffee_runs ADD COLUMN closed_by_subject VARCHAR(255);

-- For the limit on the active runs that one person has started.
CREATE INDEX coffee_runs_active_initiator ON coffee_runs (initiator_user_id) WHERE status = 'active';
