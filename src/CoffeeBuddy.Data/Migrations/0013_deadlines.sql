-- The initiator's own order window, from the first order to the choice of the runner. Null: that of the settings, which a
-- number of orders can end early.
ALTER TABLE coffee_runs
    ADD COLUMN order_window INTERVAL,
    ADD CONSTRAINT coffee_runs_order_window CHECK (order_window BETWEEN INTERVAL '1 minute' AND INTERVAL '2 hours');
