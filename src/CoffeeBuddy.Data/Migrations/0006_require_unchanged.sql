-- Ends the transaction with SQLSTATE CB001 unless the data that a change was decided on is still the same. A change that is
-- one command without an explicit transaction has no other way to stop between two of its statements.
CREATE FUNCTION require_unchanged(unchanged BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF unchanged IS NOT TRUE THEN
        RAISE EXCEPTION 'The change was decided on data that is out of date.' USING ERRCODE = 'CB001';
    END IF;
END
$$;
