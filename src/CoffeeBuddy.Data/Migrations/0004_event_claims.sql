-- Identifies the claim of an event: a claim whose answer was lost is found again, and no claim ends another. Null: older row.
ALTER TABLE processed_events ADD COLUMN claim_token UUID;
