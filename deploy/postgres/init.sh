#!/bin/sh
# One role and two databases per service (data and keys), one more for the ledger; nobody reads another's.
set -eu
for service in registry orders crm rights gateway; do
    password=$(cat "/run/uttag/secrets/$service/database_password")
    # By standard input: a command line can be read by everybody on the machine.
    psql -v ON_ERROR_STOP=1 -U postgres <<SQL
CREATE ROLE $service LOGIN PASSWORD '$password';
SQL
    databases="$service ${service}_keys"
    if [ "$service" = rights ]; then databases="$databases ledger"; fi
    for database in $databases; do
        psql -v ON_ERROR_STOP=1 -U postgres -c "CREATE DATABASE $database OWNER $service"
        psql -v ON_ERROR_STOP=1 -U postgres -c "REVOKE ALL ON DATABASE $database FROM PUBLIC"
    done
done
