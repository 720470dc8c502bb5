-- The roles of CoffeeBuddy's database: coffeebuddy_owner migrates, coffeebuddy_worker works, coffeebuddy_backup reads. Run it as
-- a superuser, connected to CoffeeBuddy's database, before the first migration and again after it:
--   psql -v ON_ERROR_STOP=1 --single-transaction -d coffeebuddy -f roles.sql
-- It can be repeated. Passwords are not set here: \password coffeebuddy_worker, or Vault.
--
-- The first run gives the worker all rows of tables that do not exist yet, so that it works at once after each migration.
-- The second takes away what it does not need of the tables that exist.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffeebuddy_owner') THEN
        CREATE ROLE coffeebuddy_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffeebuddy_worker') THEN
        CREATE ROLE coffeebuddy_worker LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coffeebuddy_backup') THEN
        CREATE ROLE coffeebuddy_backup LOGIN;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO coffeebuddy_owner, coffeebuddy_worker, coffeebuddy_backup', current_database());
END
$$;

-- Before PostgreSQL 15 everybody may create tables in it.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO coffeebuddy_owner;
GRANT USAGE ON SCHEMA public TO coffeebuddy_worker, coffeebuddy_backup;

ALTER DEFAULT PRIVILEGES FOR ROLE coffeebuddy_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO coffeebuddy_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO coffeebuddy_worker;

-- What pg_dump needs.
ALTER DEFAULT PRIVILEGES FOR ROLE coffeebuddy_owner IN SCHEMA public GRANT SELECT ON TABLES TO coffeebuddy_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE coffeebuddy_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO coffeebuddy_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO coffeebuddy_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO coffeebuddy_backup;

DO $$
DECLARE
    unneeded RECORD;
BEGIN
    FOR unneeded IN
        SELECT * FROM (VALUES
            ('users', 'DELETE'),
            ('coffee_runs', 'DELETE'),
            ('order_withdrawals', 'DELETE'),
            ('runner_declines', 'DELETE'),
            ('take_over_requests', 'DELETE'),
            ('runner_assignments', 'UPDATE, DELETE'),
            ('menus', 'DELETE'),
            ('all_orders', 'INSERT, UPDATE, DELETE'),
            ('slack_messages', 'DELETE'),
            ('deadletter_handled', 'UPDATE, DELETE'),
            ('schema_migrations', 'INSERT, UPDATE, DELETE'),
            ('audit_log', 'UPDATE, DELETE')
        ) AS tables (name, privileges)
        WHERE to_regclass('public.' || name) IS NOT NULL
    LOOP
        EXECUTE format('REVOKE %s ON public.%I FROM coffeebuddy_worker', unneeded.privileges, unneeded.name);
    END LOOP;
    -- An older version of this file allowed it for retention, which is a function of the owner now.
    IF to_regclass('public.audit_log') IS NOT NULL THEN
        REVOKE UPDATE (log_id) ON public.audit_log FROM coffeebuddy_worker;
    END IF;
    -- The migration does the same; a restore without privileges does not.
    FOR unneeded IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname IN ('delete_old_audit', 'delete_person')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', unneeded.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO coffeebuddy_worker', unneeded.name);
    END LOOP;
END
$$;
