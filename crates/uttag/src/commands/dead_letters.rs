//! `uttag dead-letters`: messages that no handler could handle.

use std::process::ExitCode;

use anyhow::Context as _;
use chassis::say;
use messaging::dead_letters::{self, By, DeadLetter, Filter, Rehearsal, Selection, State};
use service_kit::database::{Database, DatabaseConfig};

use crate::cli::{DeadLetters, OfService, Resolve};
use crate::folder::Folder;

/// Carries out one command on the database of one service.
pub async fn run(command: DeadLetters) -> anyhow::Result<ExitCode> {
    match command {
        DeadLetters::List {
            of,
            all,
            event_type,
            limit,
        } => {
            let state = (!all).then_some(State::Open);
            let filter = Filter {
                state,
                event_type,
                ..Filter::default()
            };
            list(&database(&of).await?, &filter, limit).await
        }
        DeadLetters::Show { of, id } => {
            let letter = dead_letters::show(&database(&of).await?, id).await?;
            print(&letter.with_context(|| format!("{} has no dead letter {id}", of.service))?);
            Ok(ExitCode::SUCCESS)
        }
        DeadLetters::Replay(resolve) => settle(&resolve, true).await,
        DeadLetters::Drop(resolve) => settle(&resolve, false).await,
    }
}

async fn database(of: &OfService) -> anyhow::Result<Database> {
    let config = if let Some(url) = &of.database {
        DatabaseConfig::new(url.clone())
    } else {
        let path = Folder::existing(&of.data.path)?.database(&of.service);
        anyhow::ensure!(
            path.is_file(),
            "{} has no database at {}",
            of.service,
            path.display()
        );
        DatabaseConfig::sqlite(path)
    };
    Ok(Database::connect(&config).await?)
}

async fn list(database: &Database, filter: &Filter, limit: u64) -> anyhow::Result<ExitCode> {
    let page = dead_letters::list(database, filter, None, limit).await?;
    for letter in &page.items {
        say!(
            "{}  {}  {}  {}",
            letter.id,
            letter.failed_at,
            letter.event_type,
            letter.reason
        );
    }
    say!(
        "{} shown{}",
        page.items.len(),
        if page.next.is_some() {
            ", there are more"
        } else {
            ""
        }
    );
    Ok(ExitCode::SUCCESS)
}

fn print(letter: &DeadLetter) {
    say!("id            {}", letter.id);
    say!("type          {}", letter.event_type);
    say!("message       {}", letter.message_id);
    say!("from          {}", letter.source);
    say!("aggregate     {}", letter.partition_key);
    say!("network       {}", letter.network);
    say!("occurred      {}", letter.occurred_at);
    say!("first came    {}", letter.first_received_at);
    say!(
        "given up      {} after {} attempts",
        letter.failed_at,
        letter.attempts
    );
    say!("reason        {}", letter.reason);
    say!("error         {}", letter.error);
    say!("payload       {} bytes", letter.payload_bytes);
    say!("state         {:?}", letter.state);
    if let Some(resolution) = &letter.resolution {
        say!(
            "resolved      {} by {}: {}",
            resolution.at,
            resolution.by,
            resolution.why
        );
    }
}

async fn settle(resolve: &Resolve, replay: bool) -> anyhow::Result<ExitCode> {
    let database = database(&resolve.of).await?;
    let selection = match (&resolve.event_type, resolve.ids.is_empty()) {
        (Some(event_type), true) => Selection::Group(Filter {
            event_type: Some(event_type.clone()),
            ..Filter::default()
        }),
        (None, false) => Selection::Ids(resolve.ids.clone()),
        _ => anyhow::bail!("name the dead letters by their ids, or all of one --type"),
    };
    let by = By::new(&format!("operator:{}", resolve.by), &resolve.reason)?;
    let rehearsal = if resolve.dry_run {
        Rehearsal::DryRun
    } else {
        Rehearsal::ForReal
    };
    let outcome = if replay {
        dead_letters::replay(&database, &selection, &by, rehearsal).await?
    } else {
        dead_letters::drop(&database, &selection, &by, rehearsal).await?
    };
    let done = if resolve.dry_run {
        "would be settled"
    } else {
        "settled"
    };
    say!("{} of {} {done}", outcome.resolved, outcome.matched);
    if outcome.had_taken_effect > 0 {
        say!(
            "{} had taken effect meanwhile and are closed",
            outcome.had_taken_effect
        );
    }
    Ok(ExitCode::SUCCESS)
}
