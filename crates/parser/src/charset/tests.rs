use proptest::prelude::*;

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

fn in_windows_1251(text: &str) -> Vec<u8> {
    let (bytes, _, is_lossy) = WINDOWS_1251.encode(text);
    assert!(!is_lossy);
    bytes.into_owned()
}

#[test]
fn kz_1048_is_told_at_home_without_its_surest_letters() {
    // "Түркия" and "Өзбекстан елшісі": no қ, no ң, hardly a vowel that is Kazakh only.
    for (read, meant) in [("Тїркия", "Түркия"), ("Ґзбекстан елшісі", "Өзбекстан елшісі")]
    {
        let bytes = in_windows_1251(read);
        let decoded = decode(&bytes, Some("text/html; charset=windows-1251"), Markup::Html, "news.kz");
        assert_eq!((&*decoded.text, decoded.name), (meant, "KZ-1048"));
        let decoded = decode(&bytes, Some("text/html; charset=windows-1251"), Markup::Html, "news.ua");
        assert_eq!(decoded.text, read);
    }
    let one_mark =
        in_windows_1251(&format!("{} ќ", "Новости и события сегодняшнего дня в нашем городе ".repeat(20)));
    let decoded = decode(&one_mark, Some("text/html; charset=cp1251"), Markup::Html, "e.kz");
    assert_eq!(decoded.name, "windows-1251", "one odd letter in a long Russian text is no Kazakh");
}

#[test]
fn pt154_is_told_from_kz_1048() {
    let bytes = in_windows_1251("Ќазаќстан республикасыныњ жања зањы µз к‰шінде, ж±мыс");
    let decoded = decode(&bytes, Some("text/html; charset=ptcp154"), Markup::Html, "e.com");
    assert_eq!(decoded.name, "PT154");
    assert_eq!(decoded.text, "Қазақстан республикасының жаңа заңы өз күшінде, жұмыс");
    assert_eq!(decoded.notes[0].code, "charset_pt154");
}

#[test]
fn mac_cyrillic_is_detected() {
    let text = "Новости Казахстана. Сегодня в Алматы прошла встреча. Жители Астаны обсуждают изменения";
    let (bytes, _, _) = X_MAC_CYRILLIC.encode(text);
    let decoded = decode(&bytes, None, Markup::None, "e.kz");
    assert_eq!((decoded.name, &*decoded.text), ("x-mac-cyrillic", text));
    let (bytes, _, _) = IBM866.encode(text);
    assert_eq!(decode(&bytes, None, Markup::None, "e.kz").name, "IBM866");
}

#[test]
fn utf_16_needs_no_mark() {
    let text = "Жаңалықтар мен оқиғалар";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(decode(&little, None, Markup::None, "").text, text);
    assert_eq!(decode(&big, None, Markup::None, "").text, text);
}

#[test]
fn mojibake_is_repaired_where_it_is_proved() {
    for text in [
        "Правительство Казахстана сегодня приняло новое решение",
        "Қазақстанда жаңа заң қабылданды",
        "«Новости» — это важно… и 5 №",
    ] {
        for wrong in [WINDOWS_1251, WINDOWS_1252] {
            let (read, _) = wrong.decode_without_bom_handling(text.as_bytes());
            let decoded = decode(read.as_bytes(), None, Markup::Html, "e.kz");
            assert_eq!(decoded.text, text);
            assert_eq!(decoded.notes[0].code, "charset_mojibake");
        }
    }
    let german = "Müller fährt über die Brücke nach Österreich";
    let (read, _) = WINDOWS_1252.decode_without_bom_handling(german.as_bytes());
    assert_eq!(decode(read.as_bytes(), None, Markup::Html, "e.de").text, german);
}

#[test]
fn what_is_not_mojibake_is_left_alone() {
    for text in [
        "ТІРІ КІСІ ТІЛІ, ТІРІ КІСІ ТІЛІ, СІРІ ТІРІ",
        "УКРАЇНСЬКІ СІЛЬСЬКІ СТОРІНКИ, РІЧКИ, СІЛЬ, країнї лінії нації",
        "«СССР», «Р», „С“, С…, Р№ 5, РФ — США",
        "CAFÉ», «É», Ã, SÃO PAULO, ÂNGELO, Ñandú, Â·",
        "РЈЕЧНИК, СРЈЕ, Вїтчизна",
    ] {
        let decoded = decode(text.as_bytes(), None, Markup::Html, "e.kz");
        assert_eq!(decoded.text, text);
        assert!(decoded.notes.is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_become_text(body in proptest::collection::vec(any::<u8>(), 0..600), label in 0usize..5) {
        let labels = [None, Some("text/html; charset=utf-8"), Some("text/html; charset=windows-1251"),
            Some("text/html; charset=iso-8859-1"), Some("text/html; charset=utf-16")];
        let decoded = decode(&body, labels[label], Markup::Html, "e.kz");
        prop_assert!(!decoded.name.is_empty());
    }

    #[test]
    fn letters_of_every_encoding_become_text(text in "[а-яА-ЯіқңөұүһғәІ ЂѓµРСвÃÂ»]{0,80}", host in "[a-z]{1,5}\\.(kz|ru|de)") {
        let decoded = decode(text.as_bytes(), None, Markup::None, &host);
        prop_assert_eq!(decoded.name, "UTF-8");
        for encoding in [WINDOWS_1251, KOI8_R, IBM866, X_MAC_CYRILLIC] {
            let (bytes, _, _) = encoding.encode(&text);
            decode(&bytes, None, Markup::None, &host);
        }
    }
}
