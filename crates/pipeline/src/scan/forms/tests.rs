use std::collections::BTreeSet;

use super::*;

fn found(texts: &[&str], bytes: &[u8]) -> BTreeSet<Match> {
    let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
    let mut all = BTreeSet::new();
    Matcher::new(&texts).unwrap().stream(bytes, &mut |hit| all.extend([hit])).unwrap();
    all
}

#[test]
fn every_form_is_found_wherever_it_begins() {
    let text = "Құпия сөз";
    let mut forms = BTreeSet::new();
    for (form, bytes) in forms_of(text) {
        let hits = found(&[text], &[b"noise ", bytes.as_slice(), b" noise"].concat());
        assert!(hits.iter().any(|hit| hit.form == form), "{form}");
        forms.insert(form);
    }
    assert_eq!(forms.len(), 6, "{forms:?}");
    for before in 0..7 {
        let base64 = BASE64.encode(format!("{}{text} және басқа", "x".repeat(before)).as_bytes());
        assert!(!found(&[text], base64.as_bytes()).is_empty(), "{before} bytes before");
    }
    assert!(found(&[text], "құпия және сөз".as_bytes()).is_empty());
}

#[test]
fn a_match_across_two_blocks_is_found() {
    let mut bytes = vec![b'.'; BLOCK_BYTES - 3];
    bytes.extend_from_slice(b"canary");
    assert_eq!(found(&["other", "canary"], &bytes).into_iter().next().map(|hit| hit.text), Some(1));
}

#[test]
fn a_url_is_found_without_its_scheme_and_in_legacy_bytes() {
    assert!(
        found(&["https://a.kz/secret"], b"\x01a.kz/secret\x02")
            .iter()
            .any(|hit| hit.form == "without scheme")
    );
    let (bytes, ..) = WINDOWS_1251.encode("секретное слово");
    assert!(found(&["секретное слово"], &bytes).iter().any(|hit| hit.form == "windows-1251"));
    assert!(Matcher::new(&["abc".to_owned()]).is_err());
}
