use std::collections::BTreeMap;
use std::path::Path;

use super::*;

fn code(text: &str) -> String {
    identify(text, None).to_string()
}

#[test]
fn neighbours_are_told_apart() {
    for (text, expected) in [
        ("Қазақстанда жаңа заң қабылданды", "kk"),
        ("Бүгін Алматыда ауа райы жылы болады", "kk"),
        ("Кыргызстанда жаңы мыйзам кабыл алынды", "ky"),
        ("Бүгүн Бишкекте аба ырайы жылуу болот", "ky"),
        ("В Казахстане приняли новый закон", "ru"),
        ("Верховна Рада ухвалила новий закон", "uk"),
        ("Парламентът прие новия закон за бюджета", "bg"),
        ("Татарстанда яңа закон кабул ителде һәм көченә керде", "tt"),
        ("The parliament has passed a new law", "en"),
        ("Qazaqstanda jaña zañ qabıldandı", "kk"),
        ("Meclis yeni bir yasa kabul etti", "tr"),
        ("قازاقستاندا جاڭا زاڭ قابىلداندى", "kk"),
        ("新しい法律が可決されました", "ja"),
        ("议会通过了新法律", "zh"),
        ("Η Βουλή ψήφισε νέο νόμο", "el"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn declaration_is_a_prior_only() {
    assert_eq!(identify("x", Some("kz")).as_str(), "kk");
    assert_eq!(identify("", Some("ru-RU")).as_str(), "ru");
    assert_eq!(identify("Қазақстанда жаңа заң қабылданды", Some("ru")).as_str(), "kk");
    assert_eq!(identify("В Казахстане приняли новый закон о языках", Some("kk")).as_str(), "ru");
    assert_eq!(identify("12345", None).as_str(), "und");
}

/// Prints the table of README and keeps its floors.
#[test]
fn table_over_the_shared_data() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/language");
    if !data.exists() {
        println!("skipped: no ../shared/data/language");
        return;
    }
    let mut kyrgyz_called_kazakh = (0, 0);
    let mut short: Vec<String> = Vec::new();
    for file in ["sentences.tsv", "titles.tsv", "docs.tsv", "scripts.tsv"] {
        let text = std::fs::read_to_string(data.join(file)).unwrap();
        let mut table: BTreeMap<&str, (usize, usize, BTreeMap<String, usize>)> = BTreeMap::new();
        for line in text.lines() {
            let (label, sample) = line.split_once('\t').unwrap();
            let expected = label.split('_').next().unwrap();
            let found = code(sample);
            let row = table.entry(label).or_default();
            row.1 += 1;
            if found == expected {
                row.0 += 1;
            } else {
                if std::env::var_os("SILTEME_VERBOSE").is_some() {
                    println!("{file} {label} -> {found}: {sample}");
                }
                *row.2.entry(found.clone()).or_default() += 1;
            }
            if expected == "ky" && file != "scripts.tsv" {
                kyrgyz_called_kazakh.1 += 1;
                kyrgyz_called_kazakh.0 += usize::from(found == "kk");
            }
        }
        for (label, (right, all, wrong)) in &table {
            println!("{file:14} {label:8} {:6.2} % of {all}  {wrong:?}", 100.0 * *right as f64 / *all as f64);
            if matches!(*label, "kk" | "ru" | "en" | "kk_ktb") && file != "scripts.tsv" {
                short.extend((right * 100 < all * 98).then(|| format!("{file} {label}: {right} of {all}")));
            }
        }
    }
    let (wrong, all) = kyrgyz_called_kazakh;
    println!("Kyrgyz called Kazakh: {wrong} of {all}");
    assert!(wrong * 50 <= all && short.is_empty(), "{short:?}");
}
