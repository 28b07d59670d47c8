//! One contract, the same cases over every transport and store; then the faults that only some of them can have.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod broker;
mod contract;
mod crash;
mod database_away;
mod proxy;
mod works;
mod world;

use world::{Kind, World};

macro_rules! contract {
    ($kind:ident as $name:ident: $($case:ident),* $(,)?) => {
        mod $name {
            use super::{Kind, World, contract};
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    contract::$case(World::open(Kind::$kind).await).await;
                }
            )*
        }
    };
}

macro_rules! on_every_transport {
    ($($case:ident),* $(,)?) => {
        contract!(LocalSqlite as local_sqlite: $($case),*);
        contract!(LocalPostgres as local_postgres: $($case),*);
        contract!(AmqpPostgres as amqp_postgres: $($case),*);
        contract!(AmqpSqlite as amqp_sqlite: $($case),*);
    };
}

on_every_transport!(
    keeps_the_order_of_each_key,
    takes_effect_once_however_often_it_comes,
    keeps_a_poisoned_message_as_dead_letter_until_it_is_replayed,
    drops_a_dead_letter_with_a_reason,
    tries_again_until_it_goes_well,
    gives_up_after_the_last_attempt,
    survives_a_handler_that_panics,
    holds_back_the_key_of_a_failing_message_only,
    keeps_a_message_that_nobody_subscribes_to,
    is_done_with_a_fact_that_nobody_has_to_follow,
    waits_for_a_subscriber_that_is_not_running,
    is_patient_with_a_slow_consumer,
    reaches_every_subscriber,
    delays_nobody_while_one_is_away,
    takes_nothing_while_fenced,
    waits_for_the_gate,
    passes_to_the_other_instance,
    a_work_that_is_not_committed_never_was,
    a_command_takes_effect_once,
    a_consequence_names_its_cause,
);
