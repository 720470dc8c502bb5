-- The reason of an assignment in parts, from which it is said in the language of the reader. An older worker stores
-- only the text: the parts count only while they say the same as assignment_reason.
ALTER TABLE coffee_runs ADD COLUMN assignment_reason_parts JSONB;
