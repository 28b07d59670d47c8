# One recipe per task; CI calls the same ones. `just` lists them.

default:
    @just --list

# Compile everything
build:
    cargo build --workspace --all-targets

# Every test, both ways to run
test:
    scripts/test

# Unit tests and the services on SQLite
quick:
    scripts/test --quick

# Formatting, lints, bans
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Put the code into shape
fmt:
    cargo fmt --all

# What must hold before a change is taken
ci:
    .ci/run

# The whole story, embedded, with a tour at the end
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# The API documentation
doc:
    cargo doc --workspace --no-deps --open

# The table of speeds
bench *ARGS:
    scripts/bench {{ARGS}}

# The parsers under damaged files, for so many seconds each
fuzz SECONDS="600":
    UTTAG_FUZZ_SECONDS={{SECONDS}} cargo test --release -p registry --test fuzz -- --nocapture
