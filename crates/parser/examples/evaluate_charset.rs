//! How well encodings are told, in tables for docs/extraction/charset.md.
//!
//! `cargo run --release -p parser --example evaluate_charset` reads `../shared/data`: the sniffing cases and files of
//! `charset/`, and texts of `language/` and `retrieval/` that it encodes in every way that counts, at three lengths, with
//! no declaration, with the right one and with a wrong one. A text counts as right if it comes out letter for letter, or,
//! where only a name is known, if the name is right.

#![expect(clippy::print_stdout, reason = "a command for people")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use encoding_rs::Encoding;
use model::{ResourceKind, Timestamp};
use parser::{Input, study};
use serde_json::Value;
use url::Url;

/// The upper half of KZ-1048 (ST RK 1048-2002).
const KZ_1048: &str = "ЂЃ\u{201a}ѓ„…\u{2020}\u{2021}\u{20ac}\u{2030}Љ\u{2039}ЊҚҺЏђ‘’“”\u{2022}–—\u{fffd}\u{2122}љ\
    \u{203a}њқһџ\u{a0}ҰұӘ\u{a4}Ө\u{a6}\u{a7}Ё\u{a9}Ғ«\u{ac}\u{ad}\u{ae}Ү\u{b0}\u{b1}Ііөµ\u{b6}\u{b7}\
    ё№ғ»әҢңүАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

/// The upper half of PT154 (IANA PTCP154).
const PT154: &str = "ҖҒӮғ„…ҶҮҲүҠӢҢҚҺҸҗ‘’“”\u{2022}–—ҳҷҡӣңқһҹ\u{a0}ЎўЈӨҘҰ\u{a7}Ё\u{a9}Ә«\u{ac}ӯ\u{ae}Ҝ\u{b0}ұІіҙө\
    \u{b6}\u{b7}ё№ә»јҪҫҝАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

/// Right and all, by what was judged.
type Table = BTreeMap<String, (usize, usize, BTreeMap<String, usize>)>;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.exists() {
        println!("needs ../shared/data");
        return;
    }
    println!("## Sniffing cases\n");
    let mut table = Table::new();
    sniffing_cases(&data, &mut table);
    print(&table);
    println!("\n## Files of charset/ (no declaration)\n");
    let mut table = Table::new();
    files(&data, &mut table);
    print(&table);
    println!("\n## Texts encoded here: letter for letter right\n");
    let mut table = Table::new();
    for (language, host, texts) in texts(&data) {
        for text in texts {
            encoded(language, host, &text, &mut table);
        }
    }
    print(&table);
}

fn decoded(body: &[u8], content_type: Option<&str>, host: &str, is_markup: bool) -> (String, &'static str) {
    let Ok(url) = Url::parse(&format!("https://{host}/")) else { return (String::new(), "") };
    let input = Input {
        url: &url,
        content_type,
        headers: &[],
        body,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched: Timestamp::default(),
    };
    let (text, name, _) = study::decoded(&input, is_markup);
    (text, name)
}

fn count(table: &mut Table, row: String, is_right: bool, instead: &str) {
    let row = table.entry(row).or_default();
    row.1 += 1;
    if is_right {
        row.0 += 1;
    } else {
        *row.2.entry(instead.to_owned()).or_default() += 1;
    }
}

fn print(table: &Table) {
    println!("| what | cases | right | said instead |\n|---|---|---|---|");
    for (what, (right, all, wrong)) in table {
        let wrong: Vec<String> = wrong.iter().map(|(name, count)| format!("{name} {count}")).collect();
        println!("| {what} | {all} | {:.2} % | {} |", 100.0 * *right as f64 / *all as f64, wrong.join(", "));
    }
}

/// WHATWG names of labels that the WHATWG does not know.
fn named(label: &str) -> String {
    match label.to_ascii_lowercase().as_str() {
        "kz1048" => "KZ-1048".to_owned(),
        other => {
            Encoding::for_label(other.as_bytes()).map_or(label.to_owned(), |known| known.name().to_owned())
        }
    }
}

fn sniffing_cases(data: &Path, table: &mut Table) {
    let cases = fs::read_to_string(data.join("charset/sniffing_cases.ndjson")).unwrap_or_default();
    for case in cases.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let body =
            BASE64.decode(case["bytes_b64"].as_str().unwrap_or_default().as_bytes()).unwrap_or_default();
        let (_, name) = decoded(&body, case["content_type"].as_str(), "example.org", true);
        let expected = named(case["expect"].as_str().unwrap_or_default());
        let is_right = name == expected;
        if !is_right {
            println!("{}: expected {expected}, got {name}", case["id"]);
        }
        count(table, case["suite"].as_str().unwrap_or_default().to_owned(), is_right, name);
    }
}

fn files(data: &Path, table: &mut Table) {
    let manifest = fs::read_to_string(data.join("charset/manifest.tsv")).unwrap_or_default();
    for line in manifest.lines().skip(1) {
        let [label, file, encoded_as, kind] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let body = fs::read(data.join("charset").join(file)).unwrap_or_default();
        let host = if kind.starts_with("kk") { "example.kz" } else { "example.ru" };
        let (_, name) = decoded(&body, None, host, kind.contains("html"));
        let expected = if encoded_as == "kz1048" { "KZ-1048".to_owned() } else { named(label) };
        count(table, format!("{kind} {encoded_as}"), name == expected, name);
    }
}

/// Language, host and texts: every tenth sentence, and every tenth three of them together.
fn texts(data: &Path) -> Vec<(&'static str, &'static str, Vec<String>)> {
    let read = |name: &str| fs::read_to_string(data.join("language").join(name)).unwrap_or_default();
    let lines = [read("sentences.tsv"), read("titles.tsv"), read("docs.tsv")].concat();
    let of = |label: &str| -> Vec<String> {
        let own: Vec<&str> = lines
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter(|line| line.0 == label)
            .map(|line| line.1)
            .collect();
        let short = own.iter().step_by(4).map(|text| (*text).to_owned());
        let long = own.chunks(8).step_by(2).map(|texts| texts.join("\n"));
        short.chain(long).collect()
    };
    vec![
        ("kk", "example.kz", of("kk")),
        ("kk", "example.com", of("kk_ktb")),
        ("ru", "example.kz", of("ru")),
        ("ru", "example.com", of("ru")),
        ("uk", "example.ua", of("uk")),
        ("be", "example.by", of("be")),
        ("bg", "example.bg", of("bg")),
        ("tr", "example.com.tr", of("tr")),
        ("en", "example.com", of("en")),
    ]
}

/// One text, encoded in every way that can hold it.
fn encoded(language: &str, host: &str, text: &str, table: &mut Table) {
    let length = if text.chars().count() < 150 { "short" } else { "long" };
    let mut judge = |name: &str, body: Option<Vec<u8>>, content_type: Option<&str>| {
        let Some(body) = body else { return };
        let (found, said) = decoded(&body, content_type, host, false);
        let is_right = found == text;
        if !is_right && std::env::var_os("SILTEME_VERBOSE").is_some() {
            println!("{language} {name} {host} {said}: {text:.80} -> {found:.80}");
        }
        let at = if host.ends_with("com") { " (.com)" } else { "" };
        count(table, format!("{language} {length} {name}{at}"), is_right, said);
    };
    let utf_8 = text.as_bytes().to_vec();
    judge("UTF-8", Some(utf_8.clone()), None);
    judge("UTF-8 declared windows-1251", Some(utf_8.clone()), Some("text/plain; charset=windows-1251"));
    judge("UTF-8 declared ISO-8859-1", Some(utf_8), Some("text/plain; charset=iso-8859-1"));
    if text.is_ascii() {
        return;
    }
    for label in ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic", "windows-1254"] {
        let is_western = matches!(language, "tr" | "en");
        if is_western != (label == "windows-1254") {
            continue;
        }
        let body = in_encoding(label, text);
        judge(label, body.clone(), None);
        judge(&format!("{label}, declared"), body.clone(), Some(&format!("text/plain; charset={label}")));
        judge(&format!("{label} declared UTF-8"), body, Some("text/plain; charset=utf-8"));
    }
    for (name, upper) in [("KZ-1048", KZ_1048), ("PT154", PT154)] {
        if language == "kk" {
            let body = in_upper_half(upper, text);
            judge(name, body.clone(), None);
            judge(&format!("{name} declared windows-1251"), body, Some("text/plain; charset=windows-1251"));
        }
    }
    let marked = |bytes: Vec<u8>, mark: [u8; 2]| [mark.to_vec(), bytes].concat();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    judge("UTF-16LE, marked", Some(marked(little.clone(), [0xff, 0xfe])), None);
    judge("UTF-16BE, marked", Some(marked(big.clone(), [0xfe, 0xff])), None);
    judge("UTF-16LE", Some(little), None);
    judge("UTF-16BE", Some(big), None);
    for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::WINDOWS_1252] {
        let (wrong, _) = encoding.decode_without_bom_handling(text.as_bytes());
        let name = format!("mojibake by {}", encoding.name());
        judge(&name, Some(wrong.into_owned().into_bytes()), None);
    }
}

fn in_encoding(label: &str, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, is_lossy) = Encoding::for_label(label.as_bytes())?.encode(text);
    (!is_lossy).then(|| bytes.into_owned())
}

fn in_upper_half(upper: &str, text: &str) -> Option<Vec<u8>> {
    let byte = |letter: char| {
        if letter.is_ascii() {
            return u8::try_from(letter).ok();
        }
        let place = upper.chars().position(|known| known == letter)?;
        u8::try_from(place + 0x80).ok()
    };
    text.chars().map(byte).collect()
}
