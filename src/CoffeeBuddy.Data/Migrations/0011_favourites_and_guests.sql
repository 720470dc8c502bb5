-- Favourites: drinks that a person keeps under a name of their own. The one pinned last is the person's usual.
ALTER TABLE user_preferences
    ADD COLUMN pinned_at TIMESTAMPTZ,
    ADD COLUMN name      VARCHAR(40),
    DROP CONSTRAINT user_preferences_order_count_check,
    -- A favourite stays when its last order is withdrawn.
    ADD CONSTRAINT user_preferences_order_count_check CHECK (order_count >= CASE WHEN pinned_at IS NULL THEN 1 ELSE 0 END),
    ADD CONSTRAINT user_preferences_name_is_of_a_favourite CHECK (name IS NULL OR (pinned_at IS NOT NULL AND name <> ''));

-- Orders for guests, who have no Slack account: they count as those of the person who ordered.
CREATE TABLE guest_orders (
    order_id       UUID         PRIMARY KEY,
    run_id         UUID         NOT NULL REFERENCES coffee_runs (run_id),
    user_id        VARCHAR(64)  NOT NULL REFERENCES users (user_id),
    guest_name     VARCHAR(40)  NOT NULL CHECK (guest_name <> ''),
    drink_type     VARCHAR(100) NOT NULL,
    size           VARCHAR(20)  NOT NULL,
    customizations TEXT         NOT NULL,
    created_at     TIMESTAMPTZ  NOT NULL,
    note           VARCHAR(200),

    CONSTRAINT guest_orders_customizations_are_a_list CHECK (jsonb_typeof(customizations::jsonb) = 'array')
);

-- One order per guest.
CREATE UNIQUE INDEX guest_orders_guest ON guest_orders (run_id, user_id, lower(guest_name));
CREATE INDEX guest_orders_user ON guest_orders (user_id, created_at);

-- What is to be fetched: the people's own orders and those for their guests.
CREATE VIEW all_orders AS
SELECT order_id, run_id, user_id, NULL::VARCHAR(40) AS guest_name, drink_type, size, customizations, note, created_at FROM orders
UNION ALL
SELECT order_id, run_id, user_id, guest_name, drink_type, size, customizations, note, created_at FROM guest_orders;

-- As in migration 0010, and of the person's guests neither name nor note is kept.
CREATE OR REPLACE FUNCTION delete_person(person TEXT, pseudonym TEXT, actor TEXT) RETURNS BOOLEAN
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    quoted TEXT := to_jsonb(person)::text;
BEGIN
    IF pseudonym !~ '^deleted-[0-9a-f]{16}$' THEN
        RAISE EXCEPTION 'This is no pseudonym.';
    END IF;
    -- Requests of the person wait here, and begin anew afterwards.
    PERFORM FROM users WHERE user_id = person FOR UPDATE;
    IF EXISTS (
        SELECT FROM coffee_runs r WHERE r.status = 'active' AND (person IN (r.initiator_user_id, r.runner_user_id)
            OR EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id AND o.user_id = person)))
    THEN
        RETURN FALSE;
    END IF;

    INSERT INTO users (user_id, created_at, updated_at)
    SELECT pseudonym, created_at, updated_at FROM users WHERE user_id = person;
    UPDATE coffee_runs SET
        initiator_user_id = CASE initiator_user_id WHEN person THEN pseudonym ELSE initiator_user_id END,
        runner_user_id = CASE runner_user_id WHEN person THEN pseudonym ELSE runner_user_id END,
        closed_by_user_id = CASE closed_by_user_id WHEN person THEN pseudonym ELSE closed_by_user_id END
    WHERE person IN (initiator_user_id, runner_user_id, closed_by_user_id);
    UPDATE orders SET user_id = pseudonym, note = NULL WHERE user_id = person;
    UPDATE guest_orders SET user_id = pseudonym, note = NULL, guest_name = order_id::text WHERE user_id = person;
    UPDATE order_withdrawals SET user_id = pseudonym WHERE user_id = person;
    DELETE FROM slack_messages WHERE recipient = person;
    DELETE FROM user_preferences WHERE user_id = person;
    UPDATE audit_log SET
        user_id = CASE user_id WHEN person THEN pseudonym ELSE user_id END,
        -- Somebody who was refused before they were known is in the payload only.
        subject = CASE WHEN person IN (user_id, payload->>'user_id') AND origin = 'api' AND NOT on_behalf
            THEN pseudonym ELSE subject END,
        payload = replace(payload::text, quoted, to_jsonb(pseudonym)::text)::jsonb
    WHERE user_id = person OR strpos(payload::text, quoted) > 0;
    DELETE FROM users WHERE user_id = person;
    INSERT INTO audit_log (log_id, event_type, user_id, payload, "timestamp", origin, subject)
    VALUES (gen_random_uuid(), 'person_deleted', (SELECT user_id FROM users WHERE user_id = pseudonym), '{}', now(),
        'operator', left(actor, 255));
    RETURN TRUE;
END
$$;
