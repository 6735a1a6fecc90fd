//! Kazakh endings, on keys ([`super::skeleton`]), so that every spelling of a word gives the same stem.
//!
//! Light: case, possessive, plural and the most frequent participle endings, outermost first, each at most twice; no lexicon.
//! Derivation is left alone. What it misses the five-letter terms catch, and the other way round.
//!
//! Invariant: never leaves fewer than [`LETTERS_MIN`] letters; total.

/// The shortest stem in letters; Kazakh roots are mostly of three to five.
const LETTERS_MIN: usize = 3;

/// A kind of ending: those of each last letter, longest first. They stand here as keys: ң is н, і is и, қ is к, ғ is г.
type Layer = &'static [(char, &'static [&'static str])];

/// Participles and other forms that stand where nouns do, and the person endings.
const VERBAL: Layer = &[
    ('н', &["атын", "етин", "итын", "итин", "ган", "ген", "кан", "кен", "мын", "мин"]),
    ('ы', &["ганы", "каны", "ады", "иды"]),
    ('и', &["гени", "кени", "еди", "иди"]),
    ('з', &["сыз", "сиз"]),
    ('к', &["лык", "лик", "дык", "дик", "тык", "тик"]),
];

const CASE: Layer = &[
    ('ы', &["ндагы", "дагы", "тагы", "ны", "ды", "ты"]),
    ('и', &["ндеги", "деги", "теги", "ни", "ди", "ти"]),
    (
        'н',
        &[
            "нын", "нин", "дын", "дин", "тын", "тин", "дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен",
            "пен",
        ],
    ),
    ('а', &["нда", "да", "та", "га", "ка", "на"]),
    ('е', &["нде", "де", "те", "ге", "ке", "не"]),
];

const POSSESSIVE: Layer = &[
    (
        'з',
        &[
            "ларыныз",
            "лериниз",
            "ларымыз",
            "леримиз",
            "ымыз",
            "имиз",
            "ыныз",
            "иниз",
            "мыз",
            "миз",
            "ныз",
            "низ",
        ],
    ),
    ('н', &["сын", "син", "ын", "ин"]),
    ('а', &["ыма"]),
    ('е', &["име"]),
    ('м', &["ым", "им"]),
    ('ы', &["сы", "ы"]),
    ('и', &["си", "и"]),
];

const PLURAL: Layer = &[('р', &["лар", "лер", "дар", "дер", "тар", "тер"])];

/// Endings after which a final б or г stands for п, к (кітап, кітабы).
const VOWEL_FIRST: &[char] = &['ы', 'и', 'а', 'е'];

/// Cuts `key` down to its stem.
pub(super) fn stem(key: &mut String) {
    let mut letters = key.chars().count();
    let mut vowel_cut = false;
    for _ in 0..2 {
        let before = letters;
        for layer in [VERBAL, CASE, POSSESSIVE, PLURAL] {
            if let Some(ending) = ending(key, letters, layer) {
                letters -= ending.chars().count();
                key.truncate(key.len() - ending.len());
                vowel_cut = ending.starts_with(VOWEL_FIRST);
            }
        }
        if letters == before {
            break;
        }
    }
    if vowel_cut {
        harden(key);
    }
}

/// The longest ending of the layer that leaves enough and agrees with the vowel before it.
fn ending(key: &str, letters: usize, layer: Layer) -> Option<&'static str> {
    let last = key.chars().next_back()?;
    let (_, endings) = layer.iter().find(|(letter, _)| *letter == last)?;
    endings.iter().copied().find(|ending| {
        let Some(stem) = key.strip_suffix(ending) else { return false };
        let cut = ending.len() / 2; // every letter of an ending has two bytes
        let left = letters.saturating_sub(cut);
        // One letter is too little evidence on a short word: ана, ата, алма end like that by themselves.
        left >= if cut == 1 { LETTERS_MIN + 1 } else { LETTERS_MIN } && agrees(stem, ending)
    })
}

/// Vowel harmony, as far as keys tell it: after ы only back vowels, after е only front ones.
fn agrees(stem: &str, ending: &str) -> bool {
    let last = stem.chars().rev().find(|c| matches!(c, 'а' | 'е' | 'о' | 'у' | 'ы' | 'и'));
    let first = ending.chars().find(|c| matches!(c, 'а' | 'е' | 'ы' | 'и'));
    !matches!((last, first), (Some('ы'), Some('е' | 'и')) | (Some('е'), Some('а' | 'ы')))
}

fn harden(key: &mut String) {
    let hard = match key.chars().next_back() {
        Some('б') => 'п',
        Some('г') => 'к',
        _ => return,
    };
    key.pop();
    key.push(hard);
}
