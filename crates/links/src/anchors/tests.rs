use super::*;

fn inlink(text: &str, kind: LinkKind, foreign: bool) -> Inlink {
    Inlink { from: "https://a.kz/".to_owned(), text: text.to_owned(), kind, foreign }
}

#[test]
fn other_sites_come_before_the_own_and_authors_before_menus() {
    let said = [
        inlink("Мәзір", LinkKind::Navigation, false),
        inlink("Өз мақаласы", LinkKind::Content, false),
        inlink("Footer words", LinkKind::Footer, true),
        inlink("Закон о языках", LinkKind::Content, true),
        inlink("Тілдер туралы заң", LinkKind::Content, true),
        inlink("тілдер туралы заң.", LinkKind::Related, true),
    ];
    assert_eq!(
        telling(&said, 10),
        ["Тілдер туралы заң", "Закон о языках", "Footer words", "Өз мақаласы", "Мәзір"]
    );
    assert_eq!(telling(&said, 1), ["Тілдер туралы заң"]);
}

#[test]
fn texts_that_say_nothing_are_left_out() {
    for text in [
        "",
        "  ",
        "Толығырақ »",
        "[Подробнее…]",
        "READ MORE",
        "https://a.kz/1",
        "www.a.kz",
        "zakon.kz",
        "12.11.2026",
        "»",
        "3",
    ] {
        assert_eq!(telling(&[inlink(text, LinkKind::Content, true)], 9), Vec::<String>::new(), "{text:?}");
    }
    for text in ["Толығырақ заң туралы", "А. Құнанбаев", "т.б. деректер", "ҚР"]
    {
        assert_eq!(telling(&[inlink(text, LinkKind::Content, true)], 9), [text]);
    }
}

#[test]
fn a_long_text_is_cut_at_a_character() {
    let long = "ғ".repeat(300);
    assert_eq!(telling(&[inlink(&long, LinkKind::Content, true)], 9), ["ғ".repeat(CHARS_MAX)]);
}
