//! The Merkle tree of RFC 6962, section 2.1: leaves and nodes are hashed apart, so that neither passes for the other.

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// Before a leaf.
const LEAF: [u8; 1] = [0];
/// Before two nodes.
const NODE: [u8; 1] = [1];

/// The Merkle tree hash over the entries in their order; of none it is the hash of nothing.
pub(crate) fn root(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => sha256(&[]),
        [only] => sha256(&[&LEAF, only]),
        many => {
            let (left, right) = many.split_at(largest_power_below(many.len()));
            sha256(&[&NODE, &root(left), &root(right)])
        }
    }
}

/// SHA-256 over the parts, one after another.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let hash = context.finish();
    hash.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The largest power of two below `n`, which is at least 2.
fn largest_power_below(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The test vectors of Certificate Transparency's reference implementation.
    const ENTRIES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_reference_vectors_hold() {
        let entries: Vec<Vec<u8>> = ENTRIES.iter().map(|e| hex::decode(e).unwrap()).collect();
        for (count, wanted) in ROOTS.iter().enumerate() {
            assert_eq!(hex::encode(root(&entries[..count])), *wanted, "{count}");
        }
    }

    #[test]
    fn order_and_number_count() {
        let (a, b) = (b"a".to_vec(), b"b".to_vec());
        assert_ne!(root(&[a.clone(), b.clone()]), root(&[b.clone(), a.clone()]));
        assert_ne!(root(&[a.clone(), b.clone()]), root(&[a, b.clone(), b]));
    }
}
