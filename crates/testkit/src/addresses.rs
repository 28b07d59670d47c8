//! Invented addresses, as many as are wanted and the same ones every time: put together from Swedish words, so that they
//! resemble each other as real ones do. None is meant to exist; that some do cannot be helped.

/// An invented delivery point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventedAccess {
    /// Unique; its order has nothing to do with the address.
    pub access_id: String,
    /// One of [`street_names`].
    pub street_name: String,
    /// Digits.
    pub street_number: String,
    /// A letter, or empty.
    pub street_littera: String,
    /// Five digits.
    pub postal_code: String,
    /// One of the invented towns.
    pub city: String,
    /// Four digits, or empty.
    pub apartment_number: String,
}

const STEMS: &str = "Alm Asp Björk Ek Gran Hassel Lind Lönn Rönn Tall Ask Hägg Sälg En Kvarn Smed Tegel Kyrk Skol Torg Hamn Sjö Strand Berg \
    Dal Ås Kull Häll Sten Moss Äng Hag Åker Lid Back Skog Lund Käll Brunn Kvist Ros Lilj Vall Råg Korn Havre Vete Lin Humle Äppel \
    Päron Körsbär Hallon Lingon Blåbär Svamp Järn Silver Guld Koppar Bly Kung Drottning Prins Grev Bond Bagar Slaktar Skomakar \
    Snickar Målar Vävar Spinnar Garvar Fiskar Lots Sjöman Soldat Ryttar Trumpetar Kapten Löjtnant Varg Räv Björn Lo Älg Rådjur Hare \
    Tjäder Orr Ugl Falk Örn Sparv Svan Trast Lärk Mes";
const MIDDLES: &str = "vik näs holm torp hult mo sund ålund dal äng hag kull sten skog hem sta ryd arp boda red fors öga udd tjärn myr hed \
    gård bro å kvarn";
const ENDINGS: &str = "vägen gatan stigen gränd torget backen allén plan slingan ringen svängen leden kroken brinken parken rundan \
    gången höjden liden esplanaden";
const TOWN_ENDINGS: &str =
    "köping sta torp ryd by hamn stad vik näs hult sund fors bro ås berg holm dal lösa åker inge";
/// Streets that every town has.
const COMMON: [&str; 6] = [
    "Storgatan",
    "Kyrkogatan",
    "Södra Vägen",
    "Västra Storgatan",
    "S:t Eriksgatan",
    "Lilla Torget",
];
/// Accesses of a street.
pub const ACCESSES_OF_STREET: u64 = 17;
/// Streets of a town.
const STREETS_OF_TOWN: u64 = 150;
/// Postal codes of a town.
const CODES_OF_TOWN: u64 = 20;
/// Every street of so many is one of houses with flats.
const WITH_FLATS: u64 = 4;
/// Flats of a house that has some.
const FLATS: u64 = 6;
/// A prime: ids do not collide below it.
const IDS: u64 = 99_999_989;

fn list(words: &str) -> Vec<&str> {
    words.split_whitespace().collect()
}

/// Some 60,000 names, each once.
pub fn street_names() -> Vec<String> {
    let (stems, middles, endings) = (list(STEMS), list(MIDDLES), list(ENDINGS));
    let mut names = Vec::with_capacity(stems.len() * middles.len() * endings.len());
    for ending in &endings {
        for middle in &middles {
            for stem in &stems {
                let middle = if middle.ends_with('å') || middle.ends_with('a') {
                    (*middle).to_owned()
                } else {
                    format!("{middle}s")
                };
                names.push(format!("{stem}{middle}{ending}"));
            }
        }
    }
    names
}

/// Some 2,000 towns, each once.
pub fn towns() -> Vec<String> {
    let (stems, endings) = (list(STEMS), list(TOWN_ENDINGS));
    let of = |ending: &&str| {
        let ending = (*ending).to_owned();
        stems
            .iter()
            .map(move |stem| format!("{stem}{ending}"))
            .collect::<Vec<_>>()
    };
    endings.iter().flat_map(of).collect()
}

/// Makes the accesses, one after the other.
#[derive(Clone, Debug)]
pub struct Addresses {
    streets: Vec<String>,
    towns: Vec<String>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            streets: street_names(),
            towns: towns(),
        }
    }
}

impl Addresses {
    /// The `n`th access; the same every time.
    pub fn access(&self, n: u64) -> InventedAccess {
        let (street, place) = (n / ACCESSES_OF_STREET, n % ACCESSES_OF_STREET);
        let (town, in_town) = (street / STREETS_OF_TOWN, street % STREETS_OF_TOWN);
        let code = 10_000 + (town * CODES_OF_TOWN + in_town % CODES_OF_TOWN) % 90_000;
        let name = usize::try_from(in_town).ok().and_then(|at| COMMON.get(at));
        let with_flats = street % WITH_FLATS == 0;
        let house = if with_flats { place / FLATS } else { place };
        let flat = place % FLATS;
        InventedAccess {
            access_id: format!("INV-{:08}", n * 48_271 % IDS),
            street_name: name.map_or_else(|| self.name(street), |name| (*name).to_owned()),
            street_number: (1 + 2 * house / 3 + street % 7).to_string(),
            street_littera: ["", "A", "B"][place_of(house, 3)].to_owned(),
            postal_code: code.to_string(),
            city: pick(&self.towns, town).to_owned(),
            apartment_number: if with_flats {
                format!("{}{:02}", 10 + flat / 2, 1 + flat % 2)
            } else {
                String::new()
            },
        }
    }

    fn name(&self, street: u64) -> String {
        pick(&self.streets, street * 7_919).to_owned()
    }
}

fn place_of(number: u64, of: usize) -> usize {
    usize::try_from(number % of as u64).unwrap_or(0)
}

fn pick(texts: &[String], number: u64) -> &str {
    &texts[place_of(number, texts.len())]
}

/// Numbers that look random and are the same every time.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        place_of(mixed ^ (mixed >> 31), end.max(1))
    }

    /// The text with one letter left out, added, changed, or swapped with its neighbour.
    pub fn typo(&mut self, text: &str) -> String {
        let letters: Vec<char> = "abcdefghijklmnoprstuvyåäö".chars().collect();
        loop {
            let mut chars: Vec<char> = text.chars().collect();
            let (at, other) = (self.below(chars.len()), letters[self.below(letters.len())]);
            match self.below(4) {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, other),
                2 => chars[at] = other,
                _ if at + 1 < chars.len() => chars.swap(at, at + 1),
                _ => {}
            }
            let with_typo: String = chars.into_iter().collect();
            if with_typo != text {
                return with_typo;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_ids_differ() {
        let names: HashSet<String> = street_names().into_iter().collect();
        assert!(names.len() >= 50_000, "{}", names.len());
        assert_eq!(towns().iter().collect::<HashSet<_>>().len(), towns().len());
        let addresses = Addresses::default();
        let ids: HashSet<String> = (0..100_000)
            .map(|n| addresses.access(n).access_id)
            .collect();
        assert_eq!(ids.len(), 100_000);
        assert_eq!(addresses.access(77), Addresses::default().access(77));
    }
}
