use super::*;

fn name(body: &[u8], content_type: Option<&str>, markup: Markup) -> &'static str {
    decode(body, content_type, markup, "example.kz").name
}

#[test]
fn declarations_are_found_in_order() {
    assert_eq!(name(b"\xef\xbb\xbfx", Some("text/html; charset=koi8-r"), Markup::Html), "UTF-8");
    assert_eq!(name(b"x\xe9", Some("text/html; charset=koi8-r"), Markup::Html), "KOI8-R");
    assert_eq!(name(b"<meta charset='windows-1251'>\xef", None, Markup::Html), "windows-1251");
    let pragma = b"<META http-equiv=Content-Type content='text/html; charset=cp866'>\xef";
    assert_eq!(name(pragma, None, Markup::Html), "IBM866");
    assert_eq!(name(b"<!-- <meta charset=koi8-r> --><meta charset=cp866>\xef", None, Markup::Html), "IBM866");
    assert_eq!(name(b"<?xml version='1.0' encoding='koi8-r'?>\xef", None, Markup::Xml), "KOI8-R");
    assert_eq!(name(b"<meta charset=utf-16>", None, Markup::Html), "UTF-8");
}

#[test]
fn refuted_declaration_is_overridden_and_noted() {
    let (bytes, _, _) = WINDOWS_1251.encode("Новости и события сегодняшнего дня в нашем городе");
    let decoded = decode(&bytes, Some("text/html; charset=utf-8"), Markup::Html, "e.kz");
    assert_eq!(decoded.name, "windows-1251");
    assert_eq!(decoded.notes[0].code, "charset_conflict");
    let decoded =
        decode("Жаңалықтар".as_bytes(), Some("text/html; charset=windows-1251"), Markup::Html, "e.kz");
    assert_eq!((decoded.name, &*decoded.text), ("UTF-8", "Жаңалықтар"));
    let decoded = decode(&bytes, Some("text/html; charset=iso-8859-1"), Markup::Html, "e.kz");
    assert_eq!(decoded.name, "windows-1251");
}

#[test]
fn one_broken_sequence_does_not_void_utf_8() {
    let mut body = "Қазақстанның барлық өңірлерінде".as_bytes().to_vec();
    body.push(0xd0);
    assert_eq!(decode(&body, None, Markup::Html, "").name, "UTF-8");
    body.splice(0..0, [0xff]);
    assert_eq!(decode(&body, Some("text/html; charset=utf-8"), Markup::Html, "").name, "UTF-8");
}

#[test]
fn kz_1048_is_repaired_and_ukrainian_is_left_alone() {
    let windows_1251 = "Ќазаќстан республикасыныѕ жаѕа заѕы ўйымдастырылды";
    let (bytes, _, lossy) = WINDOWS_1251.encode(windows_1251);
    assert!(!lossy);
    let decoded = decode(&bytes, Some("text/html; charset=windows-1251"), Markup::Html, "e.kz");
    assert_eq!(decoded.text, "Қазақстан республикасының жаңа заңы ұйымдастырылды");
    assert_eq!(decoded.name, "KZ-1048");
    for other in [
        "Україна є країною їхніх мрій і надій",
        "Ѕвезда и ќерка на Македонија",
        "Ён быў у Мінску сёння і ўчора, мы",
    ] {
        let (bytes, _, _) = WINDOWS_1251.encode(other);
        let decoded = decode(&bytes, Some("text/html; charset=windows-1251"), Markup::Html, "e.ua");
        assert_eq!(decoded.text, other);
    }
}
