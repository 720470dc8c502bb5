-- Volunteers, runners who cannot go, requests to take over, and the reckoning behind each assignment.

ALTER TABLE coffee_runs
    -- The version in which the runner last changed; 0: an older worker chose them, or nobody has been chosen. Messages to
    -- earlier runners that show an older version are out of date.
    ADD COLUMN runner_version  INT NOT NULL DEFAULT 0,
    -- Since when the run has had no runner because nobody who ordered can go. It counts only while there is no runner: an
    -- older worker does not clear it.
    ADD COLUMN undecided_since TIMESTAMPTZ,
    ADD CONSTRAINT coffee_runs_runner_changed_in_a_version CHECK (runner_version BETWEEN 0 AND version);

CREATE INDEX coffee_runs_undecided ON coffee_runs (undecided_since) WHERE status = 'active' AND runner_user_id IS NULL;

-- Who was the runner and cannot go: not chosen again for this run.
CREATE TABLE runner_declines (
    run_id      UUID         NOT NULL REFERENCES coffee_runs (run_id),
    user_id     VARCHAR(64)  NOT NULL REFERENCES users (user_id),
    reason      VARCHAR(200) CHECK (reason <> ''),
    declined_at TIMESTAMPTZ  NOT NULL,
    PRIMARY KEY (run_id, user_id)
);

CREATE INDEX runner_declines_user ON runner_declines (user_id);

-- Somebody is asked to go in the runner's place: by a person, or by the system because they are the fairer choice.
CREATE TABLE take_over_requests (
    run_id           UUID        NOT NULL REFERENCES coffee_runs (run_id),
    user_id          VARCHAR(64) NOT NULL REFERENCES users (user_id),
    -- Null: the system.
    asked_by_user_id VARCHAR(64) REFERENCES users (user_id),
    asked_at         TIMESTAMPTZ NOT NULL,
    -- The numbers of both, of a request of the system.
    comparison       JSONB,
    answer           VARCHAR(10) CHECK (answer IN ('accepted', 'declined', 'lapsed')),
    answered_at      TIMESTAMPTZ,
    -- The version of the run in which the request last changed.
    version          INT         NOT NULL,
    PRIMARY KEY (run_id, user_id),

    CONSTRAINT take_over_requests_answer_has_time CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CONSTRAINT take_over_requests_of_the_system_have_numbers CHECK ((asked_by_user_id IS NULL) = (comparison IS NOT NULL)),
    CONSTRAINT take_over_requests_are_to_somebody_else CHECK (asked_by_user_id <> user_id)
);

-- One open request of the system and one of people for each run.
CREATE UNIQUE INDEX take_over_requests_one_open ON take_over_requests (run_id, (asked_by_user_id IS NULL)) WHERE answer IS NULL;
CREATE INDEX take_over_requests_user ON take_over_requests (user_id);
CREATE INDEX take_over_requests_asked_by ON take_over_requests (asked_by_user_id) WHERE asked_by_user_id IS NOT NULL;

-- Why each runner of a run became its runner.
CREATE TABLE runner_assignments (
    run_id         UUID        NOT NULL REFERENCES coffee_runs (run_id),
    -- The version of the run in which this person became the runner.
    version        INT         NOT NULL,
    runner_user_id VARCHAR(64) NOT NULL REFERENCES users (user_id),
    assigned_at    TIMESTAMPTZ NOT NULL,
    how            VARCHAR(12) NOT NULL CHECK (how IN ('chosen', 'volunteered', 'took_over')),
    reason         TEXT        NOT NULL,
    -- The numbers that the choice was made with.
    reckoning      JSONB,
    PRIMARY KEY (run_id, version),

    CONSTRAINT runner_assignments_chosen_with_numbers CHECK ((how = 'chosen') = (reckoning IS NOT NULL))
);

CREATE INDEX runner_assignments_runner ON runner_assignments (runner_user_id);

-- As in migration 0011, and for the new tables.
CREATE OR REPLACE FUNCTION delete_person(person TEXT, pseudonym TEXT, actor TEXT) RETURNS BOOLEAN
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    quoted TEXT := to_jsonb(person)::text;
    replacement TEXT := to_jsonb(pseudonym)::text;
BEGIN
    IF pseudonym !~ '^deleted-[0-9a-f]{16}$' THEN
        RAISE EXCEPTION 'This is no pseudonym.';
    END IF;
    -- Requests of the person wait here, and begin anew afterwards.
    PERFORM FROM users WHERE user_id = person FOR UPDATE;
    IF EXISTS (
        SELECT FROM coffee_runs r WHERE r.status = 'active' AND (person IN (r.initiator_user_id, r.runner_user_id)
            OR EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id AND o.user_id = person)
            OR EXISTS (SELECT FROM take_over_requests q WHERE q.run_id = r.run_id AND person IN (q.user_id, q.asked_by_user_id))))
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
    UPDATE runner_declines SET user_id = pseudonym, reason = NULL WHERE user_id = person;
    UPDATE take_over_requests SET
        user_id = CASE user_id WHEN person THEN pseudonym ELSE user_id END,
        asked_by_user_id = CASE asked_by_user_id WHEN person THEN pseudonym ELSE asked_by_user_id END,
        comparison = replace(comparison::text, quoted, replacement)::jsonb
    WHERE person IN (user_id, asked_by_user_id) OR strpos(comparison::text, quoted) > 0;
    UPDATE runner_assignments SET
        runner_user_id = CASE runner_user_id WHEN person THEN pseudonym ELSE runner_user_id END,
        reckoning = replace(reckoning::text, quoted, replacement)::jsonb
    WHERE runner_user_id = person OR strpos(reckoning::text, quoted) > 0;
    DELETE FROM slack_messages WHERE recipient = person;
    DELETE FROM user_preferences WHERE user_id = person;
    UPDATE audit_log SET
        user_id = CASE user_id WHEN person THEN pseudonym ELSE user_id END,
        -- Somebody who was refused before they were known is in the payload only.
        subject = CASE WHEN person IN (user_id, payload->>'user_id') AND origin = 'api' AND NOT on_behalf
            THEN pseudonym ELSE subject END,
        payload = replace(payload::text, quoted, replacement)::jsonb
    WHERE user_id = person OR strpos(payload::text, quoted) > 0;
    DELETE FROM users WHERE user_id = person;
    INSERT INTO audit_log (log_id, event_type, user_id, payload, "timestamp", origin, subject)
    VALUES (gen_random_uuid(), 'person_deleted', (SELECT user_id FROM users WHERE user_id = pseudonym), '{}', now(),
        'operator', left(actor, 255));
    RETURN TRUE;
END
$$;
