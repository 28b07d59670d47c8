//! Abbreviations in Nordic street names.
//!
//! Source: Svenska skrivregler (Språkrådet), which abbreviates with a point or, where the end of the word is kept, with a
//! colon (`S:t`, `N:a`); the points of the compass as address parsers such as libpostal list them for Swedish; road signs
//! for what ends a name (`g.`, `v.`, `gr.`, `pl.`); Kartverket and Danmarks Adresseregister for `gt.`, `vn.` and `gl.`.

/// What a word stands for when it stands alone; folded, an abbreviation with a colon without it.
const WORDS: [(&str, &[&str]); 31] = [
    ("all", &["allen", "alle"]),
    ("dr", &["doktor"]),
    ("g", &["gatan", "gata"]),
    ("gl", &["gamla", "gammel"]),
    ("gla", &["gamla"]),
    ("gr", &["grand", "granden"]),
    ("gt", &["gata", "gate"]),
    ("k", &["kungs"]),
    ("kapt", &["kapten"]),
    ("l", &["lilla"]),
    ("la", &["lilla"]),
    ("n", &["norra", "nya"]),
    ("na", &["norra"]),
    ("o", &["ostra", "ovre"]),
    ("oa", &["ostra"]),
    ("pl", &["plan", "plats", "platsen"]),
    ("prof", &["professor"]),
    ("s", &["sodra", "sankt"]),
    ("sa", &["sodra"]),
    ("skt", &["sankt"]),
    ("st", &["sankt", "stora", "store"]),
    ("sta", &["sankta", "stora"]),
    ("sto", &["stora"]),
    ("t", &["torget", "torg"]),
    ("tr", &["trappan"]),
    ("v", &["vastra", "vagen", "vag"]),
    ("va", &["vastra"]),
    ("vastr", &["vastra"]),
    ("vn", &["vagen", "veien"]),
    ("y", &["yttre"]),
    ("ya", &["yttre"]),
];

/// What the end of a word with a point stands for: `Storg.`, `Bergv.`.
const ENDINGS: [(&str, &[&str]); 6] = [
    ("gr", &["grand", "granden"]),
    ("pl", &["plan", "plats", "platsen"]),
    ("gt", &["gata", "gate"]),
    ("g", &["gatan", "gata"]),
    ("v", &["vagen", "vag"]),
    ("t", &["torget", "torg"]),
];

/// An ending needs something before it.
const STEM_MIN: usize = 3;

/// What a folded word may stand for, apart from itself. `shortened` says that it was marked by a point or a colon.
pub(super) fn expansions(folded: &str, shortened: bool) -> Vec<String> {
    if let Ok(place) = WORDS.binary_search_by(|(short, _)| (*short).cmp(folded)) {
        return WORDS[place]
            .1
            .iter()
            .map(|long| (*long).to_owned())
            .collect();
    }
    if !shortened {
        return Vec::new();
    }
    ENDINGS
        .iter()
        .filter_map(|(short, longs)| Some((folded.strip_suffix(short)?, longs)))
        .filter(|(stem, _)| stem.len() >= STEM_MIN)
        .flat_map(|(stem, longs)| longs.iter().map(move |long| format!("{stem}{long}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::text::fold;
    use super::*;

    #[test]
    fn the_table_is_sorted_and_folded() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (short, longs) in WORDS.iter().chain(&ENDINGS) {
            assert_eq!(fold(short), *short);
            longs.iter().for_each(|long| assert_eq!(fold(long), *long));
        }
    }

    #[test]
    fn words_and_endings_are_written_out() {
        assert_eq!(expansions("v", true), ["vastra", "vagen", "vag"]);
        assert_eq!(expansions("st", false), ["sankt", "stora", "store"]);
        assert_eq!(expansions("storg", true), ["storgatan", "storgata"]);
        assert!(expansions("storg", false).is_empty());
        assert!(expansions("gag", true).is_empty());
        assert!(expansions("kungsgatan", false).is_empty());
    }
}
