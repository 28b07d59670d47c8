#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use super::*;

fn probe(bytes: &[u8], stated: Option<Charset>) -> Result<Charset, String> {
    let whole = {
        let mut probe = CharsetProbe::default();
        probe.feed(bytes);
        probe.finish(stated)
    };
    let piecewise = {
        let mut probe = CharsetProbe::default();
        bytes.chunks(1).for_each(|b| probe.feed(b));
        probe.finish(stated)
    };
    assert_eq!(
        whole, piecewise,
        "the answer must not depend on how the bytes arrive"
    );
    whole.map_err(|r| r.sentence)
}

#[test]
fn recognises_the_three_sets() {
    assert_eq!(probe(b"plain\n", None), Ok(Charset::Utf8));
    assert_eq!(probe("Västerås\n".as_bytes(), None), Ok(Charset::Utf8));
    assert_eq!(
        probe("\u{feff}Västerås\n".as_bytes(), None),
        Ok(Charset::Utf8)
    );
    assert_eq!(probe(b"V\xE4ster\xE5s\n", None), Ok(Charset::Latin1));
    assert_eq!(
        probe(b"V\xE4ster\xE5s \x96 \x80\n", None),
        Ok(Charset::Windows1252)
    );
}

#[test]
fn damage_is_refused_with_line_and_likely_set() {
    let twice = probe("a\nVÃ¤sterÃ¥s\n".as_bytes(), None).unwrap_err();
    assert!(
        twice.contains("line 2") && twice.contains("utf-8"),
        "{twice}"
    );
    let capital = probe("Ã…strand".as_bytes(), None).unwrap_err();
    assert!(capital.contains("damaged"), "{capital}");
    let lost = probe("a\nb\nV\u{fffd}ster\u{fffd}s".as_bytes(), None).unwrap_err();
    assert!(
        lost.contains("line 3") && lost.contains("windows-1252"),
        "{lost}"
    );
    let mixed = probe(
        "Västerås\n"
            .as_bytes()
            .iter()
            .copied()
            .chain(*b"V\xE4xj\xF6\n")
            .collect::<Vec<_>>()
            .as_slice(),
        None,
    );
    assert!(mixed.unwrap_err().contains("likely utf-8, with some bytes"));
    let dos = probe(b"V\x84ster\x86s", None).unwrap_err();
    assert!(dos.contains("cp850"), "{dos}");
}

#[test]
fn letters_of_a_set_that_is_not_read_are_recognised_wherever_they_stand() {
    for (bytes, likely) in [
        (&b"V\x8Aster\x8Cs"[..], "macintosh"),
        (b"Ume\x8C;Pite\x8C", "macintosh"),
        (b"Ume\x86;Lule\x86", "cp850"),
        (b";\x99rebro;", "cp850"),
    ] {
        for stated in [None, Some(Charset::Utf8), Some(Charset::Latin1)] {
            let refused = probe(bytes, stated).unwrap_err();
            assert!(refused.contains(likely), "{stated:?}: {refused}");
        }
    }
    for (text, read_as) in [("V√§ster√•s", "macintosh"), ("V├ñster├Ñs", "cp850")] {
        let refused = probe(text.as_bytes(), None).unwrap_err();
        assert!(refused.contains(read_as), "{refused}");
    }
    // Names of other languages beside Swedish letters, or in a set that was stated.
    let names = b"V\xE4ster\xE5s;Ma\x9Ai\xE6;\x8Ei\x9Eek";
    assert_eq!(probe(names, None), Ok(Charset::Windows1252));
    assert_eq!(
        probe(b"Lund;Ma\x9Aina", Some(Charset::Windows1252)),
        Ok(Charset::Windows1252)
    );
}

#[test]
fn a_stated_set_that_does_not_fit_is_refused() {
    assert!(
        probe(b"V\xE4ster\xE5s", Some(Charset::Utf8))
            .unwrap_err()
            .contains("likely iso-8859-1")
    );
    assert!(
        probe(b"V\xE4ster\xE5s \x80", Some(Charset::Utf8))
            .unwrap_err()
            .contains("likely windows-1252")
    );
    assert!(
        probe("Västerås".as_bytes(), Some(Charset::Latin1))
            .unwrap_err()
            .contains("likely utf-8")
    );
    assert!(
        probe(b"V\xE4xj\xF6 \x80", Some(Charset::Latin1))
            .unwrap_err()
            .contains("likely windows-1252")
    );
    assert_eq!(
        probe(b"V\xE4xj\xF6", Some(Charset::Windows1252)),
        Ok(Charset::Windows1252)
    );
}

#[test]
fn what_is_not_text_is_refused() {
    assert!(
        probe(b"\xFF\xFEc\0o\0", None)
            .unwrap_err()
            .contains("UTF-16")
    );
    assert!(probe(b"PK\x03\x04\0\0", None).unwrap_err().contains("NUL"));
    assert!(
        probe(b"cut off V\xC3", None).is_ok(),
        "a lone trailing byte is a letter of a single-byte set"
    );
}

#[test]
fn line_of_the_first_bad_byte_counts_over_chunks() {
    let mut probe = CharsetProbe::default();
    probe.feed(b"a\nb\n");
    probe.feed(b"c\nV\xE4x");
    assert!(
        probe
            .finish(Some(Charset::Utf8))
            .unwrap_err()
            .sentence
            .starts_with("line 4 ")
    );
}
