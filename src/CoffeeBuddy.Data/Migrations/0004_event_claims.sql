-- Whose claim of an event it is: one whose answer was lost finds itself again, and nobody ends another's. Null: from before.
ALTER TABLE processed_events ADD COLUMN claim_token UUID;
