//! What was taken out of a part of the index that does not change.

/// The accesses of a part that were taken away.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone {
    bits: Vec<u64>,
    count: u32,
}

impl Gone {
    /// Takes an access away; it was there.
    pub fn take(&mut self, access: u32) {
        let (place, bit) = (access as usize / 64, 1 << (access % 64));
        if self.bits.len() <= place {
            self.bits.resize(place + 1, 0);
        }
        if self.bits[place] & bit == 0 {
            self.bits[place] |= bit;
            self.count += 1;
        }
    }

    /// Whether it was taken away.
    pub fn has(&self, access: u32) -> bool {
        let word = self.bits.get(access as usize / 64);
        word.is_some_and(|word| word & (1 << (access % 64)) != 0)
    }

    /// How many were.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
    }
}
