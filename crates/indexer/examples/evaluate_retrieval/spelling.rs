//! Kazakh and Russian as people type them: the queries of a set re-typed.
//!
//! Invariant: tables of the alphabets themselves, written without looking at how analysis folds them.

/// A way to type: its name, and how a text looks then.
pub(crate) type Way = (&'static str, fn(&str) -> String);

/// The ways a Kazakh query is typed, by name.
pub(crate) const KAZAKH: &[Way] = &[
    ("look-alikes", look_alikes),
    ("Russian keys", russian_keys),
    ("Latin 2018", latin_2018),
    ("Latin 2021", latin_2021),
    ("Latin ad hoc", latin_ad_hoc),
    ("Arabic", arabic),
];

/// The ways a Russian query is typed, by name.
pub(crate) const RUSSIAN: &[Way] = &[("look-alikes", look_alikes), ("ё everywhere", yo)];

fn each(text: &str, table: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        let mut buffer = [0; 4];
        let letter: &str = c.encode_utf8(&mut buffer);
        out.push_str(table.iter().find(|(from, _)| *from == letter).map_or(letter, |(_, to)| to));
    }
    out
}

/// Latin letters wherever one looks like the Cyrillic one.
fn look_alikes(text: &str) -> String {
    let table = [
        ("а", "a"),
        ("е", "e"),
        ("о", "o"),
        ("р", "p"),
        ("с", "c"),
        ("у", "y"),
        ("х", "x"),
        ("і", "i"),
        ("ә", "ə"),
    ];
    each(text, &table)
}

/// On a keyboard without the Kazakh letters.
fn russian_keys(text: &str) -> String {
    let table = [
        ("ә", "а"),
        ("ғ", "г"),
        ("қ", "к"),
        ("ң", "н"),
        ("ө", "о"),
        ("ұ", "у"),
        ("ү", "у"),
        ("һ", "х"),
        ("і", "и"),
    ];
    each(text, &table)
}

fn yo(text: &str) -> String {
    each(text, &[("е", "ё")])
}

/// What all Latin spellings share.
const LATIN: [(&str, &str); 22] = [
    ("а", "a"),
    ("б", "b"),
    ("в", "v"),
    ("г", "g"),
    ("д", "d"),
    ("е", "e"),
    ("з", "z"),
    ("к", "k"),
    ("л", "l"),
    ("м", "m"),
    ("н", "n"),
    ("о", "o"),
    ("п", "p"),
    ("р", "r"),
    ("с", "s"),
    ("т", "t"),
    ("ф", "f"),
    ("ы", "y"),
    ("э", "e"),
    ("ъ", ""),
    ("ь", ""),
    ("һ", "h"),
];

fn latin(text: &str, own: &[(&str, &str)]) -> String {
    each(text, &[own, &LATIN].concat())
}

fn latin_2018(text: &str) -> String {
    let own = [
        ("ә", "á"),
        ("ғ", "ǵ"),
        ("ё", "ıo"),
        ("ж", "j"),
        ("и", "ı"),
        ("й", "ı"),
        ("қ", "q"),
        ("ң", "ń"),
        ("ө", "ó"),
        ("у", "ý"),
        ("ұ", "u"),
        ("ү", "ú"),
        ("х", "h"),
        ("ц", "s"),
        ("ч", "ch"),
        ("ш", "sh"),
        ("щ", "sh"),
        ("і", "i"),
        ("ю", "ıý"),
        ("я", "ıa"),
    ];
    latin(text, &own)
}

fn latin_2021(text: &str) -> String {
    let own = [
        ("ә", "ä"),
        ("ғ", "ğ"),
        ("ё", "io"),
        ("ж", "j"),
        ("и", "i"),
        ("й", "i"),
        ("қ", "q"),
        ("ң", "ñ"),
        ("ө", "ö"),
        ("у", "u"),
        ("ұ", "ū"),
        ("ү", "ü"),
        ("х", "h"),
        ("ц", "s"),
        ("ч", "ş"),
        ("ш", "ş"),
        ("щ", "ş"),
        ("і", "ı"),
        ("ю", "iu"),
        ("я", "ia"),
    ];
    latin(text, &own)
}

fn latin_ad_hoc(text: &str) -> String {
    let own = [
        ("ә", "a"),
        ("ғ", "gh"),
        ("ё", "yo"),
        ("ж", "zh"),
        ("и", "i"),
        ("й", "y"),
        ("қ", "k"),
        ("ң", "n"),
        ("ө", "o"),
        ("у", "u"),
        ("ұ", "u"),
        ("ү", "u"),
        ("х", "kh"),
        ("ц", "ts"),
        ("ч", "ch"),
        ("ш", "sh"),
        ("щ", "sh"),
        ("і", "i"),
        ("ю", "yu"),
        ("я", "ya"),
    ];
    latin(text, &own)
}

/// Töte. A word with front vowels begins with a hamza, unless ە, ك or گ say so already.
fn arabic(text: &str) -> String {
    let table = [
        ("а", "ا"),
        ("ә", "ا"),
        ("б", "ب"),
        ("в", "ۆ"),
        ("г", "گ"),
        ("ғ", "ع"),
        ("д", "د"),
        ("е", "ە"),
        ("ё", "يو"),
        ("ж", "ج"),
        ("з", "ز"),
        ("и", "ي"),
        ("й", "ي"),
        ("к", "ك"),
        ("қ", "ق"),
        ("л", "ل"),
        ("м", "م"),
        ("н", "ن"),
        ("ң", "ڭ"),
        ("о", "و"),
        ("ө", "و"),
        ("п", "پ"),
        ("р", "ر"),
        ("с", "س"),
        ("т", "ت"),
        ("у", "ۋ"),
        ("ұ", "ۇ"),
        ("ү", "ۇ"),
        ("ф", "ف"),
        ("х", "ح"),
        ("һ", "ھ"),
        ("ц", "س"),
        ("ч", "چ"),
        ("ш", "ش"),
        ("щ", "ش"),
        ("ы", "ى"),
        ("і", "ى"),
        ("э", "ە"),
        ("ю", "يۋ"),
        ("я", "يا"),
        ("ъ", ""),
        ("ь", ""),
    ];
    let spelled = |word: &str| {
        let word = word.to_lowercase();
        let front = word.contains(['ә', 'ө', 'ү', 'і']) && !word.contains(['е', 'к', 'г']);
        format!("{}{}", if front { "ء" } else { "" }, each(&word, &table))
    };
    text.split(' ').map(spelled).collect::<Vec<_>>().join(" ")
}
