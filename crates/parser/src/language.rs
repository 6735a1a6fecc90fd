//! Which language a text is in, and in which script: a trained table of what words and runs of letters speak for.
//!
//! Own and small because the libraries fail where it matters here: lingua calls 52–72 % of Kyrgyz titles Kazakh and
//! takes 86–222 µs for each, whatlang and whichlang know no Kazakh, none knows Kazakh in Latin or Arabic script
//! (issue 4, section 3). The text decides; a declaration only breaks ties, because real sites mark Latin Kazakh as `lt`
//! and Kazakh as `kz`.
//!
//! Invariant: reads at most [`piece::TITLE_BYTES_MAX`] of the title and [`piece::WINDOWS`] windows of the text, however long it is.

mod feature;
mod piece;
mod script;
mod table;

use std::sync::LazyLock;

use model::{Language, LanguageShare};

use piece::{Piece, pieces};
use script::{Counts, Script};
use table::{Scores, Table, WIDTH_MAX};

pub(crate) use table::{Shape, TABLES};

/// Worth of a declared language in nats: it decides between two languages that the text leaves this close.
const DECLARED: f32 = 1.5;

/// A piece whose best language leads by this many nats speaks for itself, whatever the rest of the page is in.
const SURE: f32 = 6.0;

/// Fewer letters than these speak for no language.
const LETTERS_MIN: usize = 3;

/// A language with less than this share of the letters is a quotation, or a mistake.
const SHARE_MIN: f32 = 0.03;

/// The identifier with the shipped table.
static SHIPPED: LazyLock<Identifier<'static>> =
    LazyLock::new(|| Identifier::new(include_bytes!("language/weights.bin")));

/// What a text is in.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Verdict {
    /// The language of most letters, or the declared one when the text shows none.
    pub(crate) language: Language,
    /// ISO 15924 code of its script, when there are letters.
    pub(crate) script: Option<&'static str>,
    /// All languages with their shares, largest first; empty when the text shows none.
    pub(crate) shares: Vec<LanguageShare>,
}

/// The language of a page, or of its declaration when title and text show none.
pub(crate) fn identify(title: &str, text: &str, declared: Option<&str>) -> Verdict {
    SHIPPED.identify(title, text, declared)
}

/// The language a declaration means: `kz` is the country, and stands for Kazakh wherever it is written.
pub(crate) fn declared_code(declared: &str) -> Language {
    let code = declared.split([',', ';']).next().unwrap_or_default().trim();
    let language = Language::new(code);
    match language.as_str() {
        "kz" | "kaz" => Language::new("kk"),
        "rus" => Language::new("ru"),
        "eng" => Language::new("en"),
        "ua" => Language::new("uk"),
        "kg" => Language::new("ky"),
        // Both written standards are called Norwegian here.
        "nb" | "nn" => Language::new("no"),
        _ => language,
    }
}

/// The ISO 15924 code of a table's script.
pub(crate) fn script_code(shape: &Shape) -> &'static str {
    shape.script.code()
}

/// Everything that identification needs.
pub(crate) struct Identifier<'a> {
    tables: [Table<'a>; TABLES.len()],
}

impl<'a> Identifier<'a> {
    /// An identifier with tables as [`table`] describes them.
    pub(crate) fn new(tables: &'a [u8]) -> Self {
        Self { tables: Table::read(tables) }
    }

    /// The language of a page, or of its declaration when title and text show none.
    pub(crate) fn identify(&self, title: &str, text: &str, declared: Option<&str>) -> Verdict {
        let declared = declared.map(declared_code).filter(|code| *code != Language::unknown());
        let mut sum = Evidence { counts: Counts::default(), scores: [[0.0; WIDTH_MAX]; TABLES.len()] };
        let pieces: Vec<(Piece<'_>, Scores)> = pieces(title, text)
            .filter(|piece| piece.counts.all() > 0)
            .map(|piece| {
                let scores = self.score(&piece);
                sum.add(&piece, &scores);
                (piece, scores)
            })
            .collect();
        if sum.counts.all() < LETTERS_MIN {
            return Verdict { language: declared.unwrap_or_default(), ..Verdict::default() };
        }
        let mut found: Vec<Found> = Vec::new();
        for (piece, scores) in &pieces {
            let Some(script) = piece.script else { continue };
            let code = language_of(script, scores, &sum, declared.as_ref());
            let letters = piece.counts.of(script);
            match found.iter_mut().find(|known| known.script == script && known.code == code) {
                Some(known) => known.letters += letters,
                None => found.push(Found { script, code, letters }),
            }
        }
        verdict(&found, declared)
    }

    fn score(&self, piece: &Piece<'_>) -> Scores {
        let table = piece.script.and_then(place).and_then(|place| self.tables.get(place));
        table.map_or([0.0; WIDTH_MAX], |table| table.score(piece.text))
    }
}

/// The language of a piece in the light of the whole page; nothing if even that shows none.
fn language_of(
    script: Script,
    scores: &Scores,
    sum: &Evidence,
    declared: Option<&Language>,
) -> Option<&'static str> {
    if let Some(code) = script.only_language(&sum.counts) {
        return Some(code);
    }
    let place = place(script)?;
    let codes = TABLES[place].codes;
    let (best, lead) = best_of(&scores[..codes.len()]);
    if lead >= SURE {
        return codes.get(best).copied();
    }
    let mut whole = sum.scores[place];
    if let Some(at) = codes.iter().position(|code| declared.is_some_and(|known| known.as_str() == *code)) {
        whole[at] += DECLARED;
    }
    let (best, lead) = best_of(&whole[..codes.len()]);
    (lead > 0.0).then(|| codes.get(best).copied()).flatten()
}

/// What the pieces say together.
struct Evidence {
    counts: Counts,
    scores: [Scores; TABLES.len()],
}

impl Evidence {
    fn add(&mut self, piece: &Piece<'_>, scores: &Scores) {
        self.counts.add(&piece.counts);
        let Some(place) = piece.script.and_then(place) else { return };
        for (sum, score) in self.scores[place].iter_mut().zip(scores) {
            *sum += score;
        }
    }
}

/// Letters of one language in one script.
struct Found {
    script: Script,
    code: Option<&'static str>,
    letters: usize,
}

/// The place of a script among the tables.
fn place(script: Script) -> Option<usize> {
    TABLES.iter().position(|shape| shape.script == script)
}

/// The place of the best score, and by how much it leads.
fn best_of(scores: &[f32]) -> (usize, f32) {
    let (mut best, mut first, mut second) = (0, f32::MIN, f32::MIN);
    for (at, score) in scores.iter().copied().enumerate() {
        if score > first {
            (best, first, second) = (at, score, first);
        } else if score > second {
            second = score;
        }
    }
    (best, first - second)
}

/// Shares out of letters; the language is that of most letters.
fn verdict(found: &[Found], declared: Option<Language>) -> Verdict {
    let all = found.iter().map(|found| found.letters).sum::<usize>().max(1) as f32;
    let Some(most) = found.iter().max_by_key(|found| found.letters) else {
        return Verdict { language: declared.unwrap_or_default(), ..Verdict::default() };
    };
    let language = most.code.map(Language::new).or(declared).unwrap_or_default();
    let mut shares: Vec<LanguageShare> = found
        .iter()
        .filter_map(|found| {
            let share = found.letters as f32 / all;
            let language = Language::new(found.code?);
            (share >= SHARE_MIN).then(|| LanguageShare {
                language,
                script: found.script.code().to_owned(),
                share,
            })
        })
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    Verdict { language, script: Some(most.script.code()), shares }
}

#[cfg(test)]
mod tests;
