//! Which URLs are known, and where in the journal each one's row stands: about 11.8 bytes a URL.
//!
//! 65,536 shards, each an open-addressed array of 10-byte slots: 38 bits of the URL's [`Mark`] and 42 bits of place (in
//! units of [`UNIT`] bytes: 16 TiB of journal). A slot's home follows from the mark in proportion to the capacity, so a shard
//! grows (by an eighth, keeping the load between 0.8 and 0.9) in one sweep.
//!
//! Invariant: every URL of the frontier is in the table. The converse can fail: two URLs may share their 54 bits of SHA-256,
//! and the one that comes second is then taken for known: of 10 million URLs 0.003 are lost that way, of 100 million 0.3.
//! Nobody can bring that about for another's URL without a second preimage of 54 bits.

use model::UrlKey;

/// Places are multiples of this.
pub(super) const UNIT: u64 = 4;
/// The first place that cannot be named.
pub(super) const PLACE_END: u64 = UNIT << PLACE_BITS;

const PLACE_BITS: u32 = 42;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
const MARK_BITS: u32 = 38;
pub(super) const SHARDS: usize = 1 << 16;
pub(super) const SLOT: usize = 10;

/// 54 bits of the hash in a URL's key: which shard, and what is kept in the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mark(u64);

/// A shard: slots of which at least one is free, or none at all. All zeros is a free slot: no row stands at place 0.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Shard {
    slots: Box<[u8]>,
    used: u32,
}

/// The shards.
#[derive(Debug)]
pub(super) struct Table {
    shards: Vec<Shard>,
    len: u64,
}

impl Mark {
    /// Of a key: the bytes that hash the URL; those that hash the site would not tell a site's URLs apart.
    pub(super) fn of(key: UrlKey) -> Self {
        let bytes = [key.0[6], key.0[7], key.0[8], key.0[9], key.0[10], key.0[11], key.0[12]];
        Self(bytes.iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte)) >> 2)
    }

    /// A number below 2⁵⁴.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    /// The mark of a number, if it is one.
    pub(super) fn of_number(number: u64) -> Option<Self> {
        (number >> 54 == 0).then_some(Self(number))
    }

    pub(super) fn shard(self) -> usize {
        usize::try_from(self.0 >> MARK_BITS).unwrap_or_default()
    }

    fn within(self) -> u64 {
        self.0 & ((1 << MARK_BITS) - 1)
    }
}

impl Default for Table {
    fn default() -> Self {
        Self { shards: vec![Shard::default(); SHARDS], len: 0 }
    }
}

impl Table {
    /// How many URLs are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn get(&self, mark: Mark) -> Option<u64> {
        self.shards[mark.shard()].get(mark)
    }

    pub(super) fn set(&mut self, mark: Mark, place: u64) -> Option<u64> {
        let before = self.shards[mark.shard()].set(mark, place);
        self.len += u64::from(before.is_none());
        before
    }

    pub(super) fn remove(&mut self, mark: Mark) -> Option<u64> {
        let before = self.shards[mark.shard()].remove(mark);
        self.len -= u64::from(before.is_some());
        before
    }

    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// Puts a shard in its place that was read from a snapshot.
    pub(super) fn restore(&mut self, index: usize, shard: Shard) {
        self.len += u64::from(shard.used);
        self.shards[index] = shard;
    }
}

impl Shard {
    /// A shard of slots as [`Shard::slots`] gave them; `None` when they cannot be a shard.
    pub(super) fn of_slots(slots: &[u8]) -> Option<Self> {
        let used = slots.chunks_exact(SLOT).filter(|slot| slot.iter().any(|byte| *byte != 0)).count();
        let capacity = slots.len() / SLOT;
        let fits = slots.len().is_multiple_of(SLOT) && (used < capacity || capacity == 0);
        fits.then(|| Self { slots: slots.into(), used: u32::try_from(used).unwrap_or(u32::MAX) })
    }

    pub(super) fn slots(&self) -> &[u8] {
        &self.slots
    }

    pub(super) fn get(&self, mark: Mark) -> Option<u64> {
        self.find(mark).map(|(_, place)| place)
    }

    /// The slot that holds a mark, and the place in it.
    fn find(&self, mark: Mark) -> Option<(usize, u64)> {
        let capacity = self.capacity();
        if capacity == 0 {
            return None;
        }
        let (low, high) = halves(mark.within(), 0);
        let mut index = home(mark.within(), capacity);
        // At these loads a look for what is not there passes some thirty slots: nothing more than two comparisons each.
        loop {
            let slot = slot_halves(&self.slots[index * SLOT..(index + 1) * SLOT]);
            if slot == (0, 0) {
                return None;
            }
            if slot.1 == high && slot.0 >> PLACE_BITS == low >> PLACE_BITS {
                return Some((index, (slot.0 & PLACE_MASK) * UNIT));
            }
            index = if index + 1 == capacity { 0 } else { index + 1 };
        }
    }

    pub(super) fn set(&mut self, mark: Mark, place: u64) -> Option<u64> {
        if let Some((index, before)) = self.find(mark) {
            self.write(index, mark.within(), place);
            return Some(before);
        }
        if (self.used as usize + 1) * 10 > self.capacity() * 9 {
            self.grow();
        }
        self.put(mark.within(), place);
        self.used += 1;
        None
    }

    fn remove(&mut self, mark: Mark) -> Option<u64> {
        let (mut free, place) = self.find(mark)?;
        let capacity = self.capacity();
        self.slots[free * SLOT..(free + 1) * SLOT].fill(0);
        self.used -= 1;
        // What stood behind it may have been pushed there by it.
        let mut index = free;
        loop {
            index = if index + 1 == capacity { 0 } else { index + 1 };
            let Some((within, moved)) = self.at(index) else { break };
            let distance = |from: usize, to: usize| if to >= from { to - from } else { to + capacity - from };
            let from = home(within, capacity);
            if distance(from, index) >= distance(free, index) {
                self.write(free, within, moved);
                self.slots[index * SLOT..(index + 1) * SLOT].fill(0);
                free = index;
            }
        }
        Some(place)
    }

    fn grow(&mut self) {
        let capacity = self.capacity();
        let larger = vec![0; (capacity + (capacity / 8).max(2)) * SLOT].into_boxed_slice();
        let before = std::mem::replace(&mut self.slots, larger);
        for slot in before.chunks_exact(SLOT) {
            if let Some((within, place)) = read(slot) {
                self.put(within, place);
            }
        }
    }

    fn put(&mut self, within: u64, place: u64) {
        let capacity = self.capacity();
        let mut index = home(within, capacity);
        while self.at(index).is_some() {
            index = if index + 1 == capacity { 0 } else { index + 1 };
        }
        self.write(index, within, place);
    }

    fn capacity(&self) -> usize {
        self.slots.len() / SLOT
    }

    fn at(&self, index: usize) -> Option<(u64, u64)> {
        read(&self.slots[index * SLOT..(index + 1) * SLOT])
    }

    fn write(&mut self, index: usize, within: u64, place: u64) {
        let (low, high) = halves(within, place);
        let slot = &mut self.slots[index * SLOT..(index + 1) * SLOT];
        slot[..8].copy_from_slice(&low.to_le_bytes());
        slot[8..].copy_from_slice(&high.to_le_bytes());
    }
}

/// A slot as two numbers: place and the lower bits of the mark, the upper bits of the mark.
fn halves(within: u64, place: u64) -> (u64, u16) {
    ((within << PLACE_BITS) | (place / UNIT), u16::try_from(within >> (64 - PLACE_BITS)).unwrap_or_default())
}

fn slot_halves(slot: &[u8]) -> (u64, u16) {
    let [l0, l1, l2, l3, l4, l5, l6, l7, h0, h1] = *slot else { return (0, 0) };
    (u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]), u16::from_le_bytes([h0, h1]))
}

fn read(slot: &[u8]) -> Option<(u64, u64)> {
    let (low, high) = slot_halves(slot);
    let within = u64::from(high) << (64 - PLACE_BITS) | low >> PLACE_BITS;
    ((low, high) != (0, 0)).then_some((within, (low & PLACE_MASK) * UNIT))
}

fn home(within: u64, capacity: usize) -> usize {
    let home = (u128::from(within) * capacity as u128) >> MARK_BITS;
    usize::try_from(home).unwrap_or_default()
}

#[cfg(test)]
mod tests;
