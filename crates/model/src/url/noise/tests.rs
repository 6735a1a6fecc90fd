//! The list and the rules around it.

use super::{LIST, NOISE, Noise, of_parameter};

#[test]
fn the_list_is_whole() {
    assert!(NOISE.prefix.contains(&"utm_".to_owned()));
    assert!(NOISE.exact.len() > 50, "{}", NOISE.exact.len());
    assert!(NOISE.session_exact.contains(&"oscsid".to_owned()));
    let longest = NOISE.prefix.iter().chain(&NOISE.exact).chain(&NOISE.session_exact).map(String::len).max();
    assert!(longest < Some(32), "the buffer of of_parameter holds every listed name");
    assert!(
        NOISE.prefix.iter().all(|prefix| prefix.len() >= 3),
        "a shorter prefix would take names of content"
    );
}

#[test]
fn the_path_sessions_of_the_list_are_those_of_the_code() {
    let list: serde_json::Value = serde_json::from_str(LIST).unwrap();
    assert_eq!(
        list["path_session"],
        serde_json::json!([";jsessionid=[0-9A-Za-z.!-]+", r"/\(S\([0-9a-z]{24}\)\)/"])
    );
}

#[test]
fn names_of_content_stay() {
    for name in [
        "id",
        "p",
        "page",
        "q",
        "lang",
        "v",
        "ref",
        "tag",
        "date",
        "",
        "utm",
        "pk",
        "_",
        "sort",
        "pk_no",
        "itm_id",
        "ir_id",
        "adjust_date",
        "category",
    ] {
        assert_eq!(of_parameter(name, "9682993c8daa2c5497996114facdc805", ""), None, "{name}");
    }
}

#[test]
fn names_are_compared_whole_and_in_any_case() {
    for (name, noise) in [
        ("gclid", Some(Noise::Tracking)),
        ("GCLID", Some(Noise::Tracking)),
        ("gclid2", None),
        ("xgclid", None),
        ("utm_a_name_that_is_much_longer_than_any_on_the_list", Some(Noise::Tracking)),
        ("hsctatracking", Some(Noise::Tracking)),
        ("osCsid", Some(Noise::Session)),
        ("PHPSESSID", Some(Noise::Session)),
    ] {
        assert_eq!(of_parameter(name, "1", ""), noise, "{name}");
    }
}
