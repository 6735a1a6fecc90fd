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

/// The sibling that a text is in, if the windows-1251 reading cannot be right.
///
/// Evidence: the readings of қ and ң are letters that occur together in Macedonian or Serbian only, and these have neither
/// і nor ы, the two most frequent vowels of Kazakh; on a Kazakh site (`is_at_home`) they need not be there.
pub(super) fn sibling_of(text: &str, is_at_home: bool) -> Option<Sibling> {
    let mut seen = Seen::default();
    let mut previous = ' ';
    let mut letters =
        text.chars().filter(|letter| !letter.is_ascii() || !letter.is_ascii_alphanumeric()).peekable();
    while let Some(letter) = letters.next() {
        let is_inside = is_plain(previous) && letters.peek().is_some_and(|next| is_plain(*next));
        seen.add(letter, is_inside);
        previous = letter;
    }
    let has_vowels = seen.vowels > 0 || is_at_home;
    if has_vowels && seen.signs > 0 && seen.pt154() > seen.kz1048() {
        return Some(Sibling::Pt154);
    }
    (has_vowels && seen.marks > 0 && seen.marks * 8 >= seen.slavic).then_some(Sibling::Kz1048)
}

/// What the windows-1251 reading shows.
#[derive(Default)]
struct Seen {
    /// ќ and ѕ: қ in both, and ң of KZ-1048.
    marks: usize,
    /// і and ы.
    vowels: usize,
    /// Letters of other Slavic languages that are Kazakh letters in KZ-1048.
    slavic: usize,
    /// ѕ, ґ, ї, ј, which are Kazakh in KZ-1048 only.
    kazakh: usize,
    /// њ and ѓ, which are ң and ғ in PT154.
    balkan: usize,
    /// Signs between Cyrillic letters, where no sign belongs: letters in PT154.
    signs: usize,
}

impl Seen {
    fn add(&mut self, letter: char, is_inside: bool) {
        match letter {
            'ќ' | 'Ќ' => self.marks += 1,
            'ѕ' | 'Ѕ' => {
                self.marks += 1;
                self.kazakh += 1;
            }
            'і' | 'І' | 'ы' | 'Ы' => self.vowels += 1,
            'ї' | 'Ї' | 'ј' | 'Ј' => {
                self.slavic += 1;
                self.kazakh += 1;
            }
            'є' | 'Є' | 'ў' | 'Ў' => self.slavic += 1,
            'ґ' | 'Ґ' => self.kazakh += 1,
            'њ' | 'Њ' | 'ѓ' | 'Ѓ' => self.balkan += 1,
            '±' | 'µ' | '‰' | '¦' | '¤' | '‡' if is_inside => self.signs += 1,
            _ => {}
        }
    }

    fn pt154(&self) -> usize {
        self.signs + self.balkan
    }

    fn kz1048(&self) -> usize {
        self.kazakh
    }
}

/// A letter that all three encodings have in the same place.
fn is_plain(letter: char) -> bool {
    matches!(letter, 'А'..='я' | 'і' | 'І' | 'ё' | 'Ё')
}
