-- The runner leaves and comes back, people collect what they ordered, and the runner is reminded more than once.

ALTER TABLE coffee_runs
    -- When the runner left: from then on no order is taken, changed or withdrawn. It counts only from assigned_at on: an older
    -- worker that assigns another runner does not clear it.
    ADD COLUMN left_at        TIMESTAMPTZ,
    -- When the runner was back. Counts where left_at does.
    ADD COLUMN back_at        TIMESTAMPTZ,
    -- How many reminders the runner has got. 0 where an older worker sent the first: reminder_sent_at has its time then.
    ADD COLUMN reminders_sent SMALLINT NOT NULL DEFAULT 0,
    -- No further reminder before this time.
    ADD COLUMN snoozed_until  TIMESTAMPTZ,
    ADD CONSTRAINT coffee_runs_back_after_leaving CHECK (back_at IS NULL OR coalesce(back_at > left_at, FALSE)),
    ADD CONSTRAINT coffee_runs_reminders CHECK (reminders_sent BETWEEN 0 AND 4);

-- When the person took their drink; of all orders of a person in a run at the same time.
ALTER TABLE orders ADD COLUMN collected_at TIMESTAMPTZ;
ALTER TABLE guest_orders ADD COLUMN collected_at TIMESTAMPTZ;

CREATE OR REPLACE VIEW all_orders AS
SELECT order_id, run_id, user_id, NULL::VARCHAR(40) AS guest_name, drink_type, size, customizations, note, created_at, collected_at FROM orders
UNION ALL
SELECT order_id, run_id, user_id, guest_name, drink_type, size, customizations, note, created_at, collected_at FROM guest_orders;
