//! What pages read of a holder's data map.

use std::collections::HashMap;

use api::rights::Holder;
use serde::Deserialize;

use crate::i18n::Lang;

/// A data map, as far as pages show it; a holder may say more.
#[derive(Default, Deserialize)]
pub struct Map {
    #[serde(default)]
    pub categories: Vec<MapCategory>,
}

#[derive(Deserialize)]
pub struct MapCategory {
    pub name: String,
    #[serde(default)]
    title_sv: String,
    #[serde(default)]
    title_en: String,
    #[serde(default)]
    purpose_sv: String,
    #[serde(default)]
    purpose_en: String,
    #[serde(default)]
    pub legal_basis: String,
    pub retention: Option<MapRetention>,
}

#[derive(Deserialize)]
pub struct MapRetention {
    pub period_days: u32,
    pub starts: String,
}

impl Map {
    /// A map that cannot be read is another program's matter; the holder is shown without it.
    pub fn of(holder: &Holder) -> Self {
        serde_json::from_str(&holder.data_map).unwrap_or_default()
    }
}

impl MapCategory {
    /// What people call it; its name when an older holder does not say.
    pub fn title(&self, lang: Lang) -> &str {
        let title = pick(lang, &self.title_sv, &self.title_en);
        if title.is_empty() { &self.name } else { title }
    }

    /// Why it is held.
    pub fn purpose(&self, lang: Lang) -> &str {
        pick(lang, &self.purpose_sv, &self.purpose_en)
    }
}

fn pick<'a>(lang: Lang, swedish: &'a str, english: &'a str) -> &'a str {
    match lang {
        Lang::Sv => swedish,
        Lang::En => english,
    }
}

/// What people call the categories of each holder.
pub struct Titles {
    lang: Lang,
    maps: HashMap<String, Map>,
}

impl Titles {
    pub fn of(holders: &[Holder], lang: Lang) -> Self {
        let map = |holder: &Holder| (holder.holder.clone(), Map::of(holder));
        Self {
            lang,
            maps: holders.iter().map(map).collect(),
        }
    }

    /// The title of a holder's category; its name when the holder does not say.
    pub fn title(&self, holder: &str, category: &str) -> String {
        let map = self.maps.get(holder);
        let named = map.and_then(|map| map.categories.iter().find(|c| c.name == category));
        named.map_or(category, |c| c.title(self.lang)).to_owned()
    }
}
