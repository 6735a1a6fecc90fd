//! How a word sounds, in a few Latin letters that Kazakh, Russian and English spellings of one name or loan word share:
//! *Вашингтон*, *Washington* → `vasington`; *конституция*, *constitution* → `konstitusi…`.
//!
//! Invariant: pure and total; made of lower-case Latin letters, digits, and letters of scripts it does not know.

use unicode_normalization::UnicodeNormalization;

/// Puts the sound of a normalised word into `out`.
pub(super) fn sound(word: &str, out: &mut String) {
    out.clear();
    if word.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) {
        cyrillic(word, out);
    } else {
        latin(word, out);
    }
    squeeze(out);
}

fn cyrillic(word: &str, out: &mut String) {
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        // The Russian spelling of the English j.
        if c == 'д' && letters.peek() == Some(&'ж') {
            continue;
        }
        let sound = match c {
            'а' | 'ә' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ғ' | 'ґ' => "g",
            'д' => "d",
            'е' | 'э' | 'є' => "e",
            'ж' | 'җ' => "j",
            'з' | 'с' | 'ц' => "s",
            'и' | 'й' | 'і' | 'ы' | 'ї' => "i",
            'к' | 'қ' | 'ҡ' => "k",
            'л' => "l",
            'м' => "m",
            'н' | 'ң' => "n",
            'о' | 'ө' => "o",
            'п' => "p",
            'р' => "r",
            'т' => "t",
            'у' | 'ұ' | 'ү' | 'ў' => "u",
            'ф' => "f",
            'х' | 'һ' => "h",
            'ч' | 'ш' | 'щ' => "c",
            'ю' => "iu",
            'я' => "ia",
            'ь' | 'ъ' => "",
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(sound);
    }
}

/// Latin letters, several of which may be one sound: the first that fits.
const GROUPS: [(&str, &str); 23] = [
    ("tion", "sion"),
    ("chn", "hn"),
    ("chr", "hr"),
    ("sch", "c"),
    ("tch", "c"),
    ("sh", "c"),
    ("ch", "c"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("kh", "h"),
    ("zh", "j"),
    ("gh", "g"),
    ("ts", "s"),
    ("tz", "s"),
    ("qu", "kv"),
    ("oo", "u"),
    ("ee", "i"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("x", "ks"),
    ("w", "v"),
];

fn latin(word: &str, out: &mut String) {
    let base: String = word.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect();
    let mut rest = base.as_str();
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if let Some((letters, sound)) = GROUPS.iter().find(|(letters, _)| rest.starts_with(letters)) {
            out.push_str(sound);
            rest = &rest[letters.len()..];
            continue;
        }
        // A silent e.
        if c == 'e' && after.is_empty() && out.len() > 2 {
            break;
        }
        out.push(match c {
            'c' | 'q' => 'k',
            'z' => 's',
            'y' | 'ı' => 'i',
            'ə' => 'a',
            other => other,
        });
        rest = after;
    }
}

/// Doubled letters become one.
fn squeeze(out: &mut String) {
    let mut last = None;
    out.retain(|c| last.replace(c) != Some(c) || c.is_ascii_digit());
    // -аев, -ayev; Сьерра, Sierra.
    while let Some(at) = out.find("ie") {
        out.remove(at);
    }
}
