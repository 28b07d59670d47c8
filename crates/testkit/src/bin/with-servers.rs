//! Starts one private PostgreSQL and one private RabbitMQ, runs a command that shares them, and ends both:
//! `with-servers cargo test --workspace`.

use std::process::ExitCode;

use anyhow::Context;
use testkit::{
    postgres::{Postgres, URL_VARIABLE},
    rabbit::Rabbit,
};

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut command = std::env::args_os().skip(1);
    let program = command.next().context("say which command to run")?;
    let (postgres, rabbit) = tokio::try_join!(Postgres::start_shared(), Rabbit::start())?;
    let status = tokio::process::Command::new(program)
        .args(command)
        .env(URL_VARIABLE, postgres.admin_url())
        .envs(rabbit.environment())
        .status()
        .await
        .context("cannot run the command")?;
    drop((postgres, rabbit));
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
