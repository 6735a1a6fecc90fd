use model::CanonicalUrl;
use proptest::prelude::*;

use super::*;

fn any_time() -> impl Strategy<Value = Timestamp> {
    (0i64..4_000_000_000, 0i32..1_000_000_000).prop_map(|(s, n)| Timestamp::new(s, n).expect("in range"))
}

fn any_directives() -> impl Strategy<Value = Directives> {
    let flags = (any::<[bool; 4]>(), any::<[Option<bool>; 4]>());
    (flags, any::<Option<u32>>(), proptest::option::of(any_time()), proptest::collection::vec(".{0,9}", 0..3))
        .prop_map(|((plain, told), snippet_chars_max, unavailable_after, raw)| Directives {
            index: plain[0],
            follow: plain[1],
            archive: plain[2],
            search: told[0],
            ai_input: told[1],
            ai_train: told[2],
            tdm_reserved: told[3],
            tdm_policy: told[3].map(|_| "https://a.test/tdm.json".to_owned()),
            images: plain[3],
            snippet_chars_max,
            unavailable_after,
            raw,
        })
}

proptest! {
    #[test]
    fn documents_come_back(
        texts in proptest::collection::vec(proptest::option::of("(?s).{0,30}"), 7),
        tags in proptest::collection::vec(".{0,9}", 0..3),
        times in (proptest::option::of(any_time()), proptest::option::of(any_time()), any_time()),
        directives in proptest::option::of(any_directives()),
        language in "[a-z]{2}",
    ) {
        let text = |n: usize| texts[n].clone();
        let document = Document {
            key: CanonicalUrl::parse("https://a.test/").expect("a URL").key(),
            url: "https://a.test/".to_owned(),
            title: text(0).unwrap_or_default(),
            text: text(1).unwrap_or_default(),
            description: text(2),
            author: text(3),
            site_name: text(4),
            section: text(5),
            tags,
            image: text(6),
            language: Language::new(&language),
            published: times.0,
            modified: times.1,
            fetched: times.2,
            directives: directives.unwrap_or_default(),
        };
        let bytes = encode(&document).expect("encoded");
        prop_assert_eq!(decode(&bytes).expect("decoded"), document);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = decode(&String::from_utf8_lossy(&bytes));
    }
}
