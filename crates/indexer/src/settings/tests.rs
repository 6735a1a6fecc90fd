use super::*;

#[test]
fn defaults_are_within_their_ranges() {
    assert_eq!(Settings::default().check(), Ok(()));
}

#[test]
fn what_is_out_of_range_is_named() {
    let weights = Weights { title: f32::NAN, ..Weights::default() };
    let none = Weights { exact: 0.0, stem: 0.0, prefix: 0.0, ..Weights::default() };
    for (settings, name) in [
        (Settings { memory: ByteSize::mebibytes(1), ..Settings::default() }, "memory"),
        (Settings { threads: 0, ..Settings::default() }, "threads"),
        (Settings { query_words_max: 0, ..Settings::default() }, "query_words_max"),
        (Settings { weights, ..Settings::default() }, "weights.title"),
        (Settings { weights: none, ..Settings::default() }, "weights.stem"),
    ] {
        let error = settings.check().expect_err("refused");
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn unknown_keys_are_refused() {
    let error = serde_json::from_str::<Settings>(r#"{"memroy":"64 MiB"}"#).expect_err("refused");
    assert!(error.to_string().contains("memroy"));
    let settings: Settings = serde_json::from_str(r#"{"weights":{"title":2}}"#).expect("a part is enough");
    assert_eq!(settings.weights, Weights { title: 2.0, ..Weights::default() });
}
