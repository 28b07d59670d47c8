//! The parsers of address files and of addresses under input that nobody meant: files of a corpus, mutated. A short run
//! belongs to the test suite; `just fuzz` runs for as long as it is told (`UTTAG_FUZZ_SECONDS`). A failing input is shrunk,
//! printed, and kept in `tests/fuzz/regressions`, from where every later run begins.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod mutate;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use kernel::{Address, AddressParts, CountryCode, NetworkCode, PostalCode, Street};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use registry::domain::address_file::{
    AddressFile, Charset, CharsetProbe, Format, Hints, Judge, Opened, RowVerdict,
};

use crate::mutate::{CORPUS, Mutation, mutated};

/// Cases of a short run; a second of a debug build.
const CASES: u32 = 1_500;
/// Mutations laid over each other.
const MUTATIONS: std::ops::Range<usize> = 0..12;

fn judge() -> Judge {
    Judge {
        network: NetworkCode::parse("SNFDMO").unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

/// Runs a short while, or as long as `UTTAG_FUZZ_SECONDS` says.
fn fuzz<S: Strategy>(strategy: &S, check: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let seconds = std::env::var("UTTAG_FUZZ_SECONDS").ok();
    let seconds = seconds.map(|text| {
        text.parse()
            .expect("UTTAG_FUZZ_SECONDS is a number of seconds")
    });
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    loop {
        let config = Config {
            cases: CASES,
            failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/fuzz/regressions"
            )))),
            ..Config::default()
        };
        if let Err(failure) = TestRunner::new(config).run(strategy, &check) {
            panic!("{failure}");
        }
        if Instant::now() >= until {
            return;
        }
    }
}

fn files() -> impl Strategy<Value = (usize, Vec<Mutation>)> {
    (
        0..CORPUS.len(),
        proptest::collection::vec(any::<Mutation>(), MUTATIONS),
    )
}

fn probe(bytes: &[u8], piece: usize) -> Result<Charset, String> {
    let mut probe = CharsetProbe::default();
    bytes.chunks(piece).for_each(|chunk| probe.feed(chunk));
    probe.finish(None).map_err(|refusal| refusal.sentence)
}

/// Reads a file to its end and holds what must be true of any file.
fn read(bytes: &[u8], charset: Charset, format: Option<Format>) -> Result<(), TestCaseError> {
    let opened = AddressFile::open(bytes, Hints { charset, format }, judge());
    let Ok(mut file) = opened.expect("memory does not fail") else {
        return Ok(());
    };
    let opened = file.opened().clone();
    let mut out = opened.rejected_header();
    let (mut rows, mut before, mut rejected) = (0_usize, 0, 0_usize);
    for row in file.by_ref() {
        let row = row.expect("memory does not fail");
        rows += 1;
        prop_assert!(rows <= bytes.len(), "more rows than bytes");
        prop_assert!(row.line >= before.max(1), "lines go back");
        before = row.line;
        match &row.verdict {
            RowVerdict::Accepted(access) => {
                let again = Address::parse(AddressParts::from(access.facts.address.clone()));
                prop_assert_eq!(again.as_ref(), Ok(&access.facts.address));
                prop_assert_eq!(
                    access.facts.content_hash(),
                    access.facts.clone().content_hash()
                );
            }
            RowVerdict::Rejected { violations, .. } => {
                prop_assert!(!violations.is_empty(), "refused for nothing");
                for violation in violations {
                    let digits = violation.value.chars().filter(char::is_ascii_digit).count();
                    prop_assert!(digits < 10, "a number is repeated: {:?}", violation);
                }
                if rejected > 0 {
                    out.push_str(Opened::rejected_separator(opened.format()));
                }
                rejected += 1;
                out.push_str(&opened.rejected_row(&row.raw, violations));
            }
        }
    }
    out.push_str(Opened::rejected_footer(opened.format()));
    if rejected > 0 {
        comes_back(&out, opened.format(), rejected)?;
    }
    Ok(())
}

/// The file of rejected rows can be read, and has no rows that were not rejected.
fn comes_back(text: &str, format: Format, rejected: usize) -> Result<(), TestCaseError> {
    let hints = Hints {
        charset: Charset::Utf8,
        format: Some(format),
    };
    let file = AddressFile::open(text.as_bytes(), hints, judge()).expect("memory does not fail");
    let file = file.map_err(|refusal| TestCaseError::fail(format!("{refusal}: {text:?}")))?;
    if format == Format::OnApi {
        prop_assert_eq!(file.count(), rejected);
    }
    Ok(())
}

#[test]
fn files_of_the_corpus_are_read_as_they_are() {
    for (name, bytes) in CORPUS {
        let charset = probe(bytes, 4_096);
        assert_eq!(
            charset.is_err(),
            name.contains("twice-encoded"),
            "{name}: {charset:?}"
        );
        read(bytes, charset.unwrap_or(Charset::Utf8), None).unwrap();
    }
}

#[test]
fn mutated_files() {
    fuzz(&files(), |(file, mutations)| {
        let bytes = mutated(CORPUS[file].1, &mutations);
        let charset = probe(&bytes, 4_096);
        prop_assert_eq!(
            &charset,
            &probe(&bytes, 7),
            "pieces change what is recognised"
        );
        if let Ok(charset) = charset {
            read(&bytes, charset, None)?;
        }
        for charset in [Charset::Utf8, Charset::Latin1, Charset::Windows1252] {
            read(&bytes, charset, None)?;
        }
        Ok(())
    });
}

#[test]
fn mutated_files_read_as_every_format() {
    fuzz(&files(), |(file, mutations)| {
        let bytes = mutated(CORPUS[file].1, &mutations);
        for format in Format::ALL {
            read(&bytes, Charset::Utf8, Some(format))?;
        }
        Ok(())
    });
}

#[test]
fn mutated_addresses() {
    let lines = proptest::collection::vec(any::<Mutation>(), MUTATIONS);
    fuzz(&lines, |mutations| {
        let corpus = CORPUS
            .iter()
            .find(|(name, _)| *name == "addresses.txt")
            .unwrap()
            .1;
        let text = String::from_utf8_lossy(&mutated(corpus, &mutations)).into_owned();
        for line in text.lines() {
            let street = Street::from_line(line);
            let again = Street::from_parts(&street.name, &street.number, &street.littera);
            prop_assert_eq!(&again.name, &street.name);
            prop_assert_eq!(&again.number, &street.number);
            prop_assert!(street.apartment.is_empty() || street.apartment.len() == 4);
            for country in ["SE", "NO", "DK", "FI", "DE"] {
                let country = CountryCode::parse(country).unwrap();
                if let Ok(code) = PostalCode::parse(&country, line) {
                    prop_assert_eq!(
                        &PostalCode::parse(&country, code.as_str()),
                        &Ok(code.clone())
                    );
                }
            }
            let parts = AddressParts {
                street_name: street.name,
                street_number: street.number,
                street_littera: street.littera,
                apartment_number: street.apartment,
                postal_code: "72134".to_owned(),
                city: line.to_owned(),
                country_code: String::new(),
            };
            if let Ok(address) = Address::parse(parts) {
                prop_assert_eq!(&Address::parse(address.clone().into()), &Ok(address));
            }
        }
        Ok(())
    });
}
