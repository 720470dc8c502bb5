-- Who did something how, and what was refused. The workers' role may add audit rows and read them, not change or delete them
-- (deploy/postgresql/roles.sql): retention and the deletion of a person are functions with the rights of the tables' owner.

ALTER TABLE audit_log
    -- "slack", "api", "system" or "operator"; null: older row.
    ADD COLUMN origin    VARCHAR(20),
    -- The access token's subject, or the operator's login.
    ADD COLUMN subject   VARCHAR(255),
    -- True: the subject is a service that acted for the person user_id.
    ADD COLUMN on_behalf BOOLEAN NOT NULL DEFAULT FALSE,
    -- "done" or "refused".
    ADD COLUMN outcome   VARCHAR(20) NOT NULL DEFAULT 'done';

-- Deletes the oldest rows before a time, at most so many. None that is younger than 90 days by the server's own clock,
-- whatever the caller asks for.
CREATE FUNCTION delete_old_audit(before TIMESTAMPTZ, most INT) RETURNS INT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    deleted INT;
BEGIN
    DELETE FROM audit_log WHERE log_id IN (
        SELECT log_id FROM audit_log WHERE "timestamp" < least(before, now() - INTERVAL '90 days')
        ORDER BY "timestamp" LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;

-- Replaces a person by a pseudonym in runs, orders and the audit, and deletes their name, address, preferences, notes and
-- messages; the audit says who did it. Returns false, and changes nothing, while the person takes part in an active run.
CREATE FUNCTION delete_person(person TEXT, pseudonym TEXT, actor TEXT) RETURNS BOOLEAN
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
            OR EXISTS (SELECT FROM orders o WHERE o.run_id = r.run_id AND o.user_id = person)))
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

REVOKE ALL ON FUNCTION delete_old_audit(TIMESTAMPTZ, INT), delete_person(TEXT, TEXT, TEXT) FROM PUBLIC;

-- Where roles.sql was run before this migration. Where it was not, the workers own the tables.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffeebuddy_worker') THEN
        GRANT EXECUTE ON FUNCTION delete_old_audit(TIMESTAMPTZ, INT), delete_person(TEXT, TEXT, TEXT) TO coffeebuddy_worker;
    END IF;
END
$$;
