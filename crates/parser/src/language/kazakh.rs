//! Kazakh in Latin and Arabic script: its words by transliteration, so that one list serves three scripts.
//!
//! Invariant: only the profile named `kk` is transliterated.

use super::profile::{PROFILES, Profile};
use super::script::Script;

/// Cyrillic letters with their spellings: Latin of 2021, of 2018, of Wikipedia's converter, and Arabic script.
const LETTERS: [(char, [&str; 4]); 42] = [
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

/// Words and endings of a profile, in its script.
pub(super) fn words_of(profile: &Profile) -> Vec<String> {
    let own = || profile.words.split_ascii_whitespace().chain(profile.endings.split_ascii_whitespace());
    if profile.code != "kk" || profile.script == Script::Cyrillic {
        return own().map(str::to_owned).collect();
    }
    let spellings: &[usize] = if profile.script == Script::Latin { &[0, 1, 2] } else { &[3] };
    let cyrillic = PROFILES.iter().find(|p| p.code == "kk" && p.script == Script::Cyrillic);
    let listed = cyrillic.map_or("", |p| p.words).split_ascii_whitespace();
    let endings = cyrillic.map_or("", |p| p.endings).split_ascii_whitespace();
    listed
        .chain(endings)
        .flat_map(|word| spellings.iter().map(move |spelling| spelled(word, *spelling)))
        .chain(own().map(str::to_owned))
        .collect()
}

/// A word in the given spelling: 0 to 2 Latin, 3 Arabic.
pub(crate) fn spelled(word: &str, spelling: usize) -> String {
    let mut out = String::new();
    // Arabic script marks front vowels once, before the word, unless к, г or е already show them.
    if spelling == 3
        && word.contains(['ә', 'ө', 'ү', 'і'])
        && !word.contains(['к', 'г', 'е'])
        && !word.starts_with('-')
    {
        out.push('\u{674}');
    }
    for letter in word.chars() {
        match LETTERS.iter().find(|(cyrillic, _)| *cyrillic == letter) {
            Some((_, spellings)) => out.push_str(spellings[spelling]),
            None => out.push(letter),
        }
    }
    out
}
