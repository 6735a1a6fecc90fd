use proptest::prelude::*;

use super::*;

fn parsed(words: &str, phrases: &[&str], excluded: &[&str]) -> Parsed {
    let own = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Parsed { words: words.to_owned(), phrases: own(phrases), excluded: own(excluded) }
}

#[test]
fn words_phrases_and_exclusions() {
    assert_eq!(parse("су тасқыны"), parsed("су тасқыны ", &[], &[]));
    assert_eq!(parse("\"су тасқыны\" Атырау -Орал"), parsed("Атырау ", &["су тасқыны"], &["Орал"]));
    assert_eq!(parse("a -\"b c\"d"), parsed("a d ", &[], &["b c"]));
}

#[test]
fn broken_syntax_is_words() {
    assert_eq!(parse("\"су тасқыны"), parsed(" су тасқыны ", &[], &[]));
    assert_eq!(parse("well-known - -- +x AND ("), parsed("well-known - -- +x AND ( ", &[], &[]));
    assert_eq!(parse(""), parsed("", &[], &[]));
    assert_eq!(parse("\"\""), parsed("", &[""], &[]));
}

proptest! {
    #[test]
    fn any_text_is_a_query(text in ".{0,200}") {
        let found = parse(&text);
        // Nothing is invented: every part stands in the text.
        for part in found.phrases.iter().chain(&found.excluded) {
            prop_assert!(text.contains(part.as_str()));
        }
    }
}
