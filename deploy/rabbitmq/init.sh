#!/bin/sh
# One broker user per service, without the default guest. Run once, where rabbitmqctl reaches the broker:
#   docker compose -f deploy/compose.yaml exec rabbitmq sh /init.sh
set -eu
for service in registry orders crm rights gateway "$@"; do
    password="/run/uttag/secrets/$service/broker_password"
    # By standard input: a command line can be read by everybody on the machine.
    rabbitmqctl add_user "$service" <"$password" 2>/dev/null || rabbitmqctl change_password "$service" <"$password"
    # configure: own exchange and queues, and the shared topology; write: own exchange and what is bound; read: own queue.
    rabbitmqctl set_permissions -p / "$service" \
        "^uttag\.($service(\..*)?|all|dlx|unrouted)\$" \
        "^uttag\.($service(\..*)?|all|dlx|unrouted)\$" \
        "^uttag\.($service(\..*)?|all|dlx|unrouted)\$"
    # Whatever it publishes must be in its own name: to its own exchange, which is bound to the shared one, and to that.
    for exchange in "uttag.$service" uttag.all; do
        rabbitmqctl set_topic_permissions -p / "$service" "$exchange" "^$service\." ".*"
    done
done
rabbitmqctl delete_user guest 2>/dev/null || true
