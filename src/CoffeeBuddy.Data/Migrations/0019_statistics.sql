-- Answers to the question after a run. Who answered is stored so that each person has one answer, and is shown to nobody; it is
-- deleted with the person, and after 90 days.
CREATE TABLE survey_answers (
    run_id      UUID        NOT NULL REFERENCES coffee_runs (run_id),
    user_id     VARCHAR(64) NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    answer      VARCHAR(12) NOT NULL CHECK (answer IN ('satisfied', 'so_so', 'dissatisfied')),
    answered_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, user_id)
);

CREATE INDEX survey_answers_user ON survey_answers (user_id);

-- Retention and the statistics read by time.
CREATE INDEX survey_answers_answered ON survey_answers (answered_at);

-- The statistics read the orders of some weeks.
CREATE INDEX orders_created ON orders (created_at);
CREATE INDEX guest_orders_created ON guest_orders (created_at);
