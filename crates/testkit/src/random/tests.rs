use super::Random;

#[test]
fn the_sequence_of_seed_0_is_that_of_the_reference_code() {
    let mut random = Random::new(0);
    // First outputs of Vigna's splitmix64.c with x = 0.
    assert_eq!(random.bits(), 0xE220_A839_7B1D_CDAF);
    assert_eq!(random.bits(), 0x6E78_9E6A_A1B9_65F4);
    assert_eq!(random.bits(), 0x06C4_5D18_8009_454F);
}

#[test]
fn values_stay_in_their_ranges_and_reach_both_ends() {
    let mut random = Random::new(7);
    let seen: Vec<u64> = (0..1_000).map(|_| random.within(3..11)).collect();
    assert_eq!(seen.iter().min(), Some(&3));
    assert_eq!(seen.iter().max(), Some(&10));
    assert_eq!(random.below(0), 0);
    assert_eq!(random.bytes(13).len(), 13);
}

#[test]
fn shuffling_keeps_every_item() {
    let mut items: Vec<u32> = (0..50).collect();
    Random::new(1).shuffle(&mut items);
    assert_ne!(items, (0..50).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..50).collect::<Vec<_>>());
}

#[test]
fn names_part_the_sequences_of_one_seed() {
    assert_ne!(Random::named(1, "a").bits(), Random::named(1, "b").bits());
    assert_eq!(Random::named(1, "a"), Random::named(1, "a"));
}
