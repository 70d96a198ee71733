#!/bin/sh
# Run once by the postgres image: the owner that migrates and the app's role that may not.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
CREATE ROLE mgramseva_owner LOGIN PASSWORD :'owner';
CREATE ROLE mgramseva_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app';
CREATE DATABASE mgramseva OWNER mgramseva_owner;
SQL
