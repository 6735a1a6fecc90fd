//! Texts in another spelling of their language, for languages whose other spelling has no texts here.
//!
//! Invariant: letter by letter, without exceptions; good enough to learn from, not to read.

/// Cyrillic letters with their spellings: Latin of 2021, of 2018, of Wikipedia's converter, and Arabic script.
const KAZAKH: [(char, [&str; 4]); 42] = [
    ('а', ["a", "a", "a", "ا"]),
    ('ә', ["ä", "á", "ä", "ا"]),
    ('б', ["b", "b", "b", "ب"]),
    ('в', ["v", "v", "v", "ۆ"]),
    ('г', ["g", "g", "g", "گ"]),
    ('ғ', ["ğ", "ǵ", "ğ", "ع"]),
    ('д', ["d", "d", "d", "د"]),
    ('е', ["e", "e", "e", "ە"]),
    ('ё', ["io", "io", "yo", "يو"]),
    ('ж', ["j", "j", "j", "ج"]),
    ('з', ["z", "z", "z", "ز"]),
    ('и', ["i", "ı", "ï", "ي"]),
    ('й', ["i", "ı", "y", "ي"]),
    ('к', ["k", "k", "k", "ك"]),
    ('қ', ["q", "q", "q", "ق"]),
    ('л', ["l", "l", "l", "ل"]),
    ('м', ["m", "m", "m", "م"]),
    ('н', ["n", "n", "n", "ن"]),
    ('ң', ["ñ", "ń", "ñ", "ڭ"]),
    ('о', ["o", "o", "o", "و"]),
    ('ө', ["ö", "ó", "ö", "و"]),
    ('п', ["p", "p", "p", "پ"]),
    ('р', ["r", "r", "r", "ر"]),
    ('с', ["s", "s", "s", "س"]),
    ('т', ["t", "t", "t", "ت"]),
    ('у', ["u", "ý", "w", "ۋ"]),
    ('ұ', ["ū", "u", "u", "ۇ"]),
    ('ү', ["ü", "ú", "ü", "ۇ"]),
    ('ф', ["f", "f", "f", "ف"]),
    ('х', ["h", "h", "x", "ح"]),
    ('һ', ["h", "h", "h", "ھ"]),
    ('ц', ["ts", "ts", "c", "تس"]),
    ('ч', ["ch", "ch", "ç", "چ"]),
    ('ш', ["ş", "sh", "ş", "ش"]),
    ('щ', ["şş", "shsh", "şş", "شش"]),
    ('ы', ["y", "y", "ı", "ى"]),
    ('і', ["ı", "i", "i", "ى"]),
    ('э', ["e", "e", "é", "ە"]),
    ('ю', ["iu", "ıý", "yw", "يۋ"]),
    ('я', ["ia", "ıa", "ya", "يا"]),
    ('ъ', ["", "", "", ""]),
    ('ь', ["", "", "", ""]),
];

/// Uzbek Latin and Cyrillic; the longer first.
const UZBEK: [(&str, &str); 37] = [
    ("yo\u{2bb}", "йў"),
    ("o\u{2bb}", "ў"),
    ("g\u{2bb}", "ғ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
    ("ts", "ц"),
    ("a", "а"),
    ("b", "б"),
    ("d", "д"),
    ("e", "е"),
    ("f", "ф"),
    ("g", "г"),
    ("h", "ҳ"),
    ("i", "и"),
    ("j", "ж"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("q", "қ"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("v", "в"),
    ("x", "х"),
    ("y", "й"),
    ("z", "з"),
    ("\u{2bb}", "ъ"),
    ("c", "с"),
    ("w", "в"),
];

/// Serbian Cyrillic and Latin.
const SERBIAN: [(char, &str); 30] = [
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('д', "d"),
    ('ђ', "đ"),
    ('е', "e"),
    ('ж', "ž"),
    ('з', "z"),
    ('и', "i"),
    ('ј', "j"),
    ('к', "k"),
    ('л', "l"),
    ('љ', "lj"),
    ('м', "m"),
    ('н', "n"),
    ('њ', "nj"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('ћ', "ć"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "h"),
    ('ц', "c"),
    ('ч', "č"),
    ('џ', "dž"),
    ('ш', "š"),
];

/// Kazakh in the Latin spellings of 2021, of 2018 and of Wikipedia's converter, and in Arabic script.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kazakh {
    Latin2021,
    Latin2018,
    LatinConverter,
    Arabic,
}

/// A Kazakh text in another spelling.
pub(crate) fn kazakh(text: &str, spelling: Kazakh) -> String {
    let words = text.split_whitespace().map(|word| kazakh_word(&word.to_lowercase(), spelling));
    words.collect::<Vec<_>>().join(" ")
}

fn kazakh_word(word: &str, spelling: Kazakh) -> String {
    let mut out = String::new();
    // Arabic script marks front vowels once, before the word, unless к, г or е already show them.
    if matches!(spelling, Kazakh::Arabic)
        && word.contains(['ә', 'ө', 'ү', 'і'])
        && !word.contains(['к', 'г', 'е'])
    {
        out.push('\u{674}');
    }
    for letter in word.chars() {
        match KAZAKH.iter().find(|(cyrillic, _)| *cyrillic == letter) {
            Some((_, spellings)) => out.push_str(spellings[spelling as usize]),
            None => out.push(letter),
        }
    }
    out
}

/// An Uzbek text in Latin script put into Cyrillic.
pub(crate) fn uzbek(text: &str) -> String {
    let text = text.to_lowercase().replace(['\'', '\u{2bc}', '\u{2018}', '\u{2019}'], "\u{2bb}");
    let mut out = String::new();
    let mut rest = text.as_str();
    let mut is_start = true;
    while let Some(letter) = rest.chars().next() {
        if is_start && letter == 'e' {
            out.push('э');
            rest = &rest[1..];
        } else if let Some((latin, cyrillic)) = UZBEK.iter().find(|(latin, _)| rest.starts_with(latin)) {
            out.push_str(cyrillic);
            rest = &rest[latin.len()..];
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
        is_start = !letter.is_alphabetic();
    }
    out
}

/// A Serbian text in Cyrillic put into Latin script.
pub(crate) fn serbian(text: &str) -> String {
    let mut out = String::new();
    for letter in text.to_lowercase().chars() {
        match SERBIAN.iter().find(|(cyrillic, _)| *cyrillic == letter) {
            Some((_, latin)) => out.push_str(latin),
            None => out.push(letter),
        }
    }
    out
}
