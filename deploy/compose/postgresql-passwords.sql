-- After deploy/postgresql/roles.sql, when the database is made: the passwords of its roles, and Hydra's database.
\getenv owner OWNER_PASSWORD
\getenv worker WORKER_PASSWORD
\getenv hydra HYDRA_PASSWORD
ALTER ROLE coffeebuddy_owner PASSWORD :'owner';
ALTER ROLE coffeebuddy_worker PASSWORD :'worker';
CREATE ROLE hydra LOGIN PASSWORD :'hydra';
CREATE DATABASE hydra OWNER hydra;
REVOKE ALL ON DATABASE hydra FROM PUBLIC;
