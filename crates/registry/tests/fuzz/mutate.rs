//! Files that are nearly right.

use proptest::prelude::*;

/// The files to begin with, by name.
pub const CORPUS: &[(&str, &[u8])] = &[
    ("mdb2-utf8.csv", include_bytes!("corpus/mdb2-utf8.csv")),
    ("mdb2-latin1.csv", include_bytes!("corpus/mdb2-latin1.csv")),
    (
        "mdb2-tab-mark.txt",
        include_bytes!("corpus/mdb2-tab-mark.txt"),
    ),
    (
        "mdb2-twice-encoded.csv",
        include_bytes!("corpus/mdb2-twice-encoded.csv"),
    ),
    (
        "mdb2-open-quote.csv",
        include_bytes!("corpus/mdb2-open-quote.csv"),
    ),
    (
        "mdb1-no-header.csv",
        include_bytes!("corpus/mdb1-no-header.csv"),
    ),
    ("mdb1-header.csv", include_bytes!("corpus/mdb1-header.csv")),
    ("pi-api.csv", include_bytes!("corpus/pi-api.csv")),
    ("on-api.json", include_bytes!("corpus/on-api.json")),
    ("on-api-cut.json", include_bytes!("corpus/on-api-cut.json")),
    ("addresses.txt", include_bytes!("corpus/addresses.txt")),
];

/// Pieces that parsers stumble over.
const TOKENS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b";",
    b",",
    b"\t",
    b":",
    b"\n",
    b"\r\n",
    b"\r",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\",
    b"\\u0000",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xC3",
    b"\xC3\xA5",
    b"\xE5",
    b"\x86",
    b"\x96",
    b"\xEF\xBF\xBD",
    b"\xC3\x83\xC2\xA5",
    b"null",
    b"-1",
    b"99999999999999999999",
    b"0901",
    b"652-16A",
    b"lgh 1101",
    b"19900118-9811",
    b"a@b.se",
    b"true",
    b"1e999",
    b" ",
    b"\xC2\xA0",
    b"\xE2\x80\x8B",
    b"sep=;",
    b"coID",
    b"accessId",
    b"citynet",
    b"rejected_because",
];

/// One change; positions are shares of the file's length.
#[derive(Clone, Debug)]
pub enum Mutation {
    Flip { at: u16, bits: u8 },
    Insert { at: u16, token: u8 },
    Remove { at: u16, length: u8 },
    Repeat { at: u16, length: u8 },
    Splice { at: u16, file: u8 },
    Cut { at: u16 },
    Long { at: u16 },
}

impl Arbitrary for Mutation {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        prop_oneof![
            4 => (any::<u16>(), 1..=255_u8).prop_map(|(at, bits)| Self::Flip { at, bits }),
            8 => (any::<u16>(), any::<u8>()).prop_map(|(at, token)| Self::Insert { at, token }),
            4 => (any::<u16>(), any::<u8>()).prop_map(|(at, length)| Self::Remove { at, length }),
            2 => (any::<u16>(), any::<u8>()).prop_map(|(at, length)| Self::Repeat { at, length }),
            1 => (any::<u16>(), any::<u8>()).prop_map(|(at, file)| Self::Splice { at, file }),
            1 => any::<u16>().prop_map(|at| Self::Cut { at }),
            1 => any::<u16>().prop_map(|at| Self::Long { at }),
        ]
        .boxed()
    }
}

/// The file with every change, one after the other.
pub fn mutated(file: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for mutation in mutations {
        apply(&mut bytes, mutation);
    }
    bytes
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let position = |at: u16| usize::from(at) * bytes.len() / (usize::from(u16::MAX) + 1);
    let range = |at: u16, length: u8| {
        let start = position(at);
        start..(start + usize::from(length)).min(bytes.len())
    };
    match *mutation {
        Mutation::Flip { at, bits } => {
            let at = position(at);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bits;
            }
        }
        Mutation::Insert { at, token } => {
            let (at, token) = (position(at), TOKENS[usize::from(token) % TOKENS.len()]);
            bytes.splice(at..at, token.iter().copied());
        }
        Mutation::Remove { at, length } => {
            bytes.drain(range(at, length));
        }
        Mutation::Repeat { at, length } => {
            let range = range(at, length);
            let (end, piece) = (range.end, bytes[range].to_vec());
            bytes.splice(end..end, piece);
        }
        Mutation::Splice { at, file } => {
            let at = position(at);
            bytes.truncate(at);
            let other = CORPUS[usize::from(file) % CORPUS.len()].1;
            bytes.extend_from_slice(&other[at.min(other.len())..]);
        }
        Mutation::Cut { at } => bytes.truncate(position(at)),
        Mutation::Long { at } => {
            let at = position(at);
            bytes.splice(at..at, std::iter::repeat_n(b'x', 70_000));
        }
    }
}
