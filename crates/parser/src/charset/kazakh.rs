//! KZ-1048 and PT154, the Kazakh siblings of windows-1251, which labels and detectors take for windows-1251 itself.
//!
//! They differ from it in single places: where windows-1251 has letters of Macedonian, Serbian, Ukrainian and Belarusian
//! or typographic signs, they have the nine Kazakh letters. Reading one as the other breaks half of all Kazakh words
//! (field.md section 7), and because the places correspond one to one, the repair is exact.

/// Which sibling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sibling {
    /// Kazakhstan's standard ST RK 1048-2002.
    Kz1048,
    /// Paratype's "Cyrillic-Asian" (IANA: PTCP154).
    Pt154,
}

impl Sibling {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kz1048 => "KZ-1048",
            Self::Pt154 => "PT154",
        }
    }

    fn pairs(self) -> &'static [(char, char)] {
        match self {
            Self::Kz1048 => &KZ_1048,
            Self::Pt154 => &PT154,
        }
    }

    /// A text that was read as windows-1251, as it is meant.
    pub(super) fn repaired(self, text: &str) -> String {
        let pairs = self.pairs();
        let meant =
            |letter: char| pairs.iter().find(|(read, _)| *read == letter).map_or(letter, |pair| pair.1);
        text.chars()
            .map(|letter| if letter.is_ascii() || is_plain(letter) { letter } else { meant(letter) })
            .collect()
    }
}

/// windows-1251 reading and KZ-1048 reading of the same byte.
const KZ_1048: [(char, char); 16] = [
    ('Ќ', 'Қ'),
    ('ќ', 'қ'),
    ('Ћ', 'Һ'),
    ('ћ', 'һ'),
    ('Ў', 'Ұ'),
    ('ў', 'ұ'),
    ('Ј', 'Ә'),
    ('ј', 'ә'),
    ('Ґ', 'Ө'),
    ('ґ', 'ө'),
    ('Є', 'Ғ'),
    ('є', 'ғ'),
    ('Ї', 'Ү'),
    ('ї', 'ү'),
    ('Ѕ', 'Ң'),
    ('ѕ', 'ң'),
];

/// windows-1251 reading and PT154 reading of the same byte.
const PT154: [(char, char); 36] = [
    ('Ђ', 'Җ'),
    ('Ѓ', 'Ғ'),
    ('‚', 'Ӯ'),
    ('ѓ', 'ғ'),
    ('†', 'Ҷ'),
    ('‡', 'Ү'),
    ('€', 'Ҳ'),
    ('‰', 'ү'),
    ('Љ', 'Ҡ'),
    ('‹', 'Ӣ'),
    ('Њ', 'Ң'),
    ('Ќ', 'Қ'),
    ('Ћ', 'Һ'),
    ('Џ', 'Ҹ'),
    ('ђ', 'җ'),
    ('\u{98}', 'ҳ'),
    ('™', 'ҷ'),
    ('љ', 'ҡ'),
    ('›', 'ӣ'),
    ('њ', 'ң'),
    ('ќ', 'қ'),
    ('ћ', 'һ'),
    ('џ', 'ҹ'),
    ('¤', 'Ө'),
    ('Ґ', 'Ҙ'),
    ('¦', 'Ұ'),
    ('Є', 'Ә'),
    ('\u{ad}', 'ӯ'),
    ('Ї', 'Ҝ'),
    ('±', 'ұ'),
    ('ґ', 'ҙ'),
    ('µ', 'ө'),
    ('є', 'ә'),
    ('Ѕ', 'Ҫ'),
    ('ѕ', 'ҫ'),
    ('ї', 'ҝ'),
];

/// One Kazakh letter in so many Cyrillic ones is the least that is no accident; Kazakh has one in twelve.
const LETTERS_PER_MARK_MAX: usize = 200;

/// The sibling that a text is in, if the windows-1251 reading cannot be right.
///
/// Evidence: the readings of қ, ң and ә are letters of Macedonian and Serbian, and these have neither і nor ы, the two most
/// frequent vowels of Kazakh. On a Kazakh site (`is_at_home`) the vowels need not be there, and the letters of Ukrainian
/// and Belarusian are Kazakh ones as well.
pub(super) fn sibling_of(text: &str, is_at_home: bool) -> Option<Sibling> {
    let mut seen = Seen::default();
    let mut previous = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_ascii() {
            let next = letters.peek().copied().unwrap_or(' ');
            seen.add(letter, is_cyrillic(previous) && is_cyrillic(next));
        }
        previous = letter;
    }
    let marks = seen.shared + seen.kz1048 + seen.pt154 + if is_at_home { seen.slavic } else { 0 };
    let is_likely = seen.vowels > 0 || is_at_home;
    let is_slavic = !is_at_home && marks * 8 < seen.slavic;
    if marks == 0 || !is_likely || is_slavic || seen.letters > marks * LETTERS_PER_MARK_MAX {
        return None;
    }
    Some(if seen.pt154 > seen.kz1048 { Sibling::Pt154 } else { Sibling::Kz1048 })
}

/// What the windows-1251 reading shows.
#[derive(Default)]
struct Seen {
    /// Cyrillic letters.
    letters: usize,
    /// і and ы.
    vowels: usize,
    /// ќ: қ in both.
    shared: usize,
    /// ѕ and ј: ң and ә in KZ-1048.
    kz1048: usize,
    /// њ and ѓ: ң and ғ in PT154; signs inside words: ө, ұ, ү.
    pt154: usize,
    /// Letters of other Slavic languages that are Kazakh letters in either.
    slavic: usize,
}

impl Seen {
    fn add(&mut self, letter: char, is_inside: bool) {
        self.letters += usize::from(is_cyrillic(letter));
        match letter {
            'ќ' | 'Ќ' => self.shared += 1,
            'ѕ' | 'Ѕ' | 'ј' | 'Ј' => self.kz1048 += 1,
            'і' | 'І' | 'ы' | 'Ы' => self.vowels += 1,
            'ї' | 'Ї' | 'ґ' | 'Ґ' | 'є' | 'Є' | 'ў' | 'Ў' => self.slavic += 1,
            'њ' | 'Њ' | 'ѓ' | 'Ѓ' => self.pt154 += 1,
            '±' | 'µ' | '‰' if is_inside => self.pt154 += 1,
            _ => {}
        }
    }
}

/// A Cyrillic letter, as windows-1251 has them.
fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{401}'..='\u{491}' | '±' | 'µ' | '‰')
}

/// A letter that all three encodings have in the same place.
fn is_plain(letter: char) -> bool {
    matches!(letter, 'А'..='я' | 'і' | 'І' | 'ё' | 'Ё')
}
