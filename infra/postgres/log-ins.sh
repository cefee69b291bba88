#!/bin/sh
# Run by the image's entry point when the data folder is new.
set -eu
secret() { cat "/run/secrets/$1"; }
PGOPTIONS="-c log_ins.owner=$(secret owner_password) -c log_ins.serve=$(secret serve_password) \
-c log_ins.work=$(secret work_password) -c log_ins.campaigns=$(secret campaigns_password)" \
  psql --set ON_ERROR_STOP=1 --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --file /docker-entrypoint-initdb.d/log-ins/log-ins.sql
