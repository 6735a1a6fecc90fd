//! Sharing and bounds.

use super::*;

#[test]
fn the_same_file_is_read_once() {
    let compiled = Compiled::default();
    let file = Bytes::from_static(b"user-agent: *\ndisallow: /");
    assert!(Arc::ptr_eq(&compiled.rules(&file), &compiled.rules(&file.slice(..))));
    assert!(!Arc::ptr_eq(&compiled.rules(&file), &compiled.rules(&file.slice(1..))));
}

#[test]
fn the_least_recently_used_go_first() {
    let compiled = Compiled::default();
    let file = |n: usize| Bytes::from(format!("user-agent: *\ndisallow: /{n}"));
    let first = compiled.rules(&file(0));
    for n in 1..RULES_MAX + 10 {
        compiled.rules(&file(n));
        assert!(Arc::ptr_eq(&first, &compiled.rules(&file(0))));
    }
    assert_eq!(compiled.lock().by_hash.len(), RULES_MAX);
    for n in 0..40u8 {
        compiled.rules(&Bytes::from(vec![n; Rules::LEN_MAX]));
    }
    assert!(compiled.lock().source_len <= SOURCE_MAX);
    let counted: usize = compiled.lock().by_hash.values().map(|kept| kept.source_len).sum();
    assert_eq!(compiled.lock().source_len, counted);
}
