-- What happened when, for what arrives late or twice.

-- When a person last withdrew in a run: an order that they wrote before that is not restored when it arrives later.
CREATE TABLE order_withdrawals (
    run_id       UUID        NOT NULL REFERENCES coffee_runs (run_id),
    user_id      VARCHAR(64) NOT NULL,
    withdrawn_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, user_id)
);

-- When the person asked for the present value of away; null: older row.
ALTER TABLE users ADD COLUMN away_as_of TIMESTAMPTZ;

-- Why the person cannot be a runner: "deactivated", "bot", or Slack's error for a direct message. Null: they can.
ALTER TABLE users ADD COLUMN unreachable VARCHAR(100);
