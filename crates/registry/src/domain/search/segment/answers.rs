//! Why a search has found an access.

use super::super::base::{Role, word_and_role};
use super::super::query::Kind;
use super::super::reason::{How, Part, Reason};
use super::Search;

impl Search<'_> {
    /// What became of each typed word at an access of a house.
    pub fn reasons(&self, street: u32, house: u32, access: u32) -> Vec<Reason> {
        let mut reasons = Vec::with_capacity(self.tokens.len());
        for (place, token) in self.tokens.iter().enumerate() {
            let number = self
                .number_fit(house, place)
                .map(|(part, how, _)| (part, how));
            let apartment = || {
                let how = self.apartment_how(access, place)?;
                Some((Part::Apartment, how))
            };
            let answer = match token.kind {
                Kind::Word => self.word_reason(place, street),
                Kind::Apartment => apartment(),
                Kind::Letter | Kind::Number => number
                    .or_else(apartment)
                    .or_else(|| self.word_reason(place, street)),
            };
            let typed = token.word.written.clone();
            reasons.extend(answer.map(|(part, how)| Reason { typed, part, how }));
        }
        reasons
    }

    fn word_reason(&self, token: usize, street: u32) -> Option<(Part, How)> {
        let (at, how, _) = self.best_word(token, street)?;
        let (_, role) = word_and_role(self.base.words_of_street.get(street)[at]);
        let (part, text) = match role {
            Role::Town => (Part::City, self.base.city(street)),
            _ => (Part::Street, self.base.name(street)),
        };
        let written = &self.tokens[token].word.written;
        let as_written = || text.to_lowercase().contains(written.as_str());
        let only_folded = how == How::Exact && !as_written();
        Some((part, if only_folded { How::Diacritics } else { how }))
    }
}
