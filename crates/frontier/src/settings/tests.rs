//! Settings check themselves.

use model::Span;

use super::{Limits, Politeness, Recrawl, Settings};

#[test]
fn defaults_are_usable() {
    assert_eq!(Settings::default().check(), Ok(()));
}

#[test]
fn contradictions_are_named_with_their_key() {
    let message = |settings: Settings| settings.check().unwrap_err();
    let politeness = Politeness { delay: Span::seconds(90), ..Politeness::default() };
    assert!(message(Settings { politeness, ..Settings::default() }).contains("delay_max"));
    let politeness = Politeness { backoff: Span::seconds(90_000), ..Politeness::default() };
    assert!(message(Settings { politeness, ..Settings::default() }).contains("backoff = \"1d"));
    let recrawl = Recrawl { page: Span::seconds(1), ..Recrawl::default() };
    assert!(message(Settings { recrawl, ..Settings::default() }).contains("[recrawl] page"));
    let recrawl = Recrawl { gone: Span::seconds(0), ..Recrawl::default() };
    assert!(message(Settings { recrawl, ..Settings::default() }).contains("[recrawl] gone"));
    let recrawl = Recrawl { attempts_max: 0, ..Recrawl::default() };
    assert!(message(Settings { recrawl, ..Settings::default() }).contains("attempts_max"));
    for wrong in ["", ".pdf", "PDF"] {
        let limits = Limits { skip_extensions: vec![wrong.to_owned()], ..Limits::default() };
        assert!(message(Settings { limits, ..Settings::default() }).contains("skip_extensions"), "{wrong:?}");
    }
}

#[test]
fn sections_read_spans_and_refuse_unknown_keys() {
    let politeness: Politeness = serde_json::from_str(r#"{"delay": "250ms"}"#).unwrap();
    assert_eq!(politeness, Politeness { delay: Span::millis(250), ..Politeness::default() });
    assert!(serde_json::from_str::<Politeness>(r#"{"dealy": "1s"}"#).is_err());
    let written = serde_json::to_string(&Recrawl::default()).unwrap();
    assert_eq!(serde_json::from_str::<Recrawl>(&written).unwrap(), Recrawl::default());
}
