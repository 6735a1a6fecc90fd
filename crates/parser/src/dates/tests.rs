use super::*;

fn utc(text: &str) -> Option<String> {
    parse(text, Zone::Utc).map(|date| date.at.to_string())
}

#[test]
fn machine_forms() {
    for (text, expected) in [
        ("2026-11-20T10:00:00+05:00", "2026-11-20T05:00:00Z"),
        ("2026-11-20T10:00:00.123Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00+05:00", "2026-11-20T05:00:00Z"),
        ("2026-11-20 10:00:00", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00+0500", "2026-11-20T05:00:00Z"),
        ("2026-11-20T10:00:00-05:00", "2026-11-20T15:00:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
        ("Fri, 20 Nov 2026 10:00:00 +0500", "2026-11-20T05:00:00Z"),
        ("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20T10:00:00Z"),
        ("Wednesday, 03-Sep-25 18:21:00 GMT", "2025-09-03T18:21:00Z"),
        ("20261120", "2026-11-20T00:00:00Z"),
        ("20261120T100000Z", "2026-11-20T10:00:00Z"),
        ("1795168800", "2026-11-20T10:00:00Z"),
        ("1795168800000", "2026-11-20T10:00:00Z"),
    ] {
        assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn written_forms() {
    for (text, expected) in [
        ("20 қараша 2026", "2026-11-20T00:00:00Z"),
        ("2026 жылғы 20 қараша, 10:05", "2026-11-20T10:05:00Z"),
        ("20 Қараша, 2026", "2026-11-20T00:00:00Z"),
        ("20 ноября 2026 г., 18:30", "2026-11-20T18:30:00Z"),
        ("20 ноября 2026 в 18:30 МСК", "2026-11-20T15:30:00Z"),
        ("Опубликовано: 20.11.2026 18:30", "2026-11-20T18:30:00Z"),
        ("18:30, 20.11.2026", "2026-11-20T18:30:00Z"),
        ("November 20, 2026", "2026-11-20T00:00:00Z"),
        ("Nov. 20th, 2026 at 6:30 PM", "2026-11-20T18:30:00Z"),
        ("20th of November 2026", "2026-11-20T00:00:00Z"),
        ("20 de noviembre de 2026", "2026-11-20T00:00:00Z"),
        ("20. November 2026", "2026-11-20T00:00:00Z"),
        ("2026年11月20日", "2026-11-20T00:00:00Z"),
        ("11/20/2026", "2026-11-20T00:00:00Z"),
        ("20/11/2026", "2026-11-20T00:00:00Z"),
        ("20.11.26", "2026-11-20T00:00:00Z"),
    ] {
        assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "yesterday",
        "2026",
        "2026-11",
        "0000-00-00",
        "99.99.2026",
        "+7 727 258 11 22",
        "12.5.3",
        "31 қараша 2026",
    ] {
        assert_eq!(utc(text), None, "{text}");
    }
}

#[test]
fn kazakhstan_changed_its_clock_in_2024() {
    let at = |text| parse(text, Zone::Kazakhstan).unwrap().at.to_string();
    assert_eq!(at("2026-11-20 10:00:00"), "2026-11-20T05:00:00Z");
    assert_eq!(at("2023-11-20 10:00:00"), "2023-11-20T04:00:00Z");
}

#[test]
fn dates_in_paths() {
    let of = |path: &str| {
        let url = Url::parse(&format!("https://e.kz{path}")).unwrap();
        in_path(&url, Zone::Utc).map(|date| date.at.to_string()[..10].to_owned())
    };
    assert_eq!(of("/news/2026/11/20/title").as_deref(), Some("2026-11-20"));
    assert_eq!(of("/2026/3/5/title").as_deref(), Some("2026-03-05"));
    assert_eq!(of("/2026-11-20-title").as_deref(), Some("2026-11-20"));
    assert_eq!(of("/20261120/x").as_deref(), Some("2026-11-20"));
    assert_eq!(of("/news/20-11-2026-title").as_deref(), Some("2026-11-20"));
    assert_eq!(of("/2026/11/title"), None);
    assert_eq!(of("/1234567890123"), None);
}

#[test]
fn a_number_inside_a_word_begins_no_date() {
    assert_eq!(utc("berg2012 am 21. Jan. 2015, 19:04").as_deref(), Some("2015-01-21T19:04:00Z"));
    assert_eq!(utc("写2026年11月20日").as_deref(), Some("2026-11-20T00:00:00Z"));
}

#[test]
fn all_dates_of_a_line_and_where_they_stand() {
    let line = "Жарияланды 20 қараша 2026, жаңартылды 21.11.2026";
    let found = all(line, Zone::Utc, 4);
    let texts: Vec<&str> = found.iter().map(|found| &line[found.start..found.end]).collect();
    assert_eq!(texts, ["20 қараша 2026", "21.11.2026"]);
}

#[test]
fn relative_dates_count_from_the_fetch() {
    let fetched = "2026-11-23T20:30:00Z".parse().unwrap();
    let of = |text| relative::read(text, fetched, Zone::Kazakhstan).map(|date| date.at.to_string());
    for (text, expected) in [
        ("2 часа назад", "2026-11-23T18:30:00Z"),
        ("час назад", "2026-11-23T19:30:00Z"),
        ("30 минут бұрын", "2026-11-23T20:00:00Z"),
        ("2 сағат бұрын", "2026-11-23T18:30:00Z"),
        ("Published 3 hours ago", "2026-11-23T17:30:00Z"),
        ("an hour ago", "2026-11-23T19:30:00Z"),
        ("только что", "2026-11-23T20:30:00Z"),
        ("жаңа ғана", "2026-11-23T20:30:00Z"),
        // In Kazakhstan it is the 24th already, 01:30.
        ("Бүгін, 01:10", "2026-11-23T20:10:00Z"),
        ("кеше", "2026-11-22T19:00:00Z"),
        ("Вчера в 18:05", "2026-11-23T13:05:00Z"),
        ("yesterday at 6:05 pm", "2026-11-23T13:05:00Z"),
        ("3 күн бұрын", "2026-11-20T19:00:00Z"),
    ] {
        assert_eq!(of(text).as_deref(), Some(expected), "{text}");
    }
    for text in
        ["3 months ago", "2 года назад", "ago", "назад", "жаңа заң", "часа", "99999999999 hours ago", ""]
    {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn the_clock_of_almaty_by_name() {
    assert_eq!(utc("20.11.2026 10:00 ALMT").as_deref(), Some("2026-11-20T05:00:00Z"));
    assert_eq!(utc("2026-11-20T10:00:00 UTC+5").as_deref(), Some("2026-11-20T05:00:00Z"));
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,80}", digits in "[0-9:./\\-T+ ]{0,40}", second in proptest::num::i64::ANY) {
        let fetched = Timestamp::from_second(second % 4_000_000_000).unwrap_or_default();
        for text in [&text, &digits, &format!("{digits} {text} бұрын"), &format!("{digits} hours ago")] {
            for zone in [Zone::Utc, Zone::Kazakhstan] {
                let _ = parse(text, zone);
                let _ = relative::read(text, fetched, zone);
                for found in all(text, zone, 4) {
                    proptest::prop_assert!(!text[found.start..found.end].is_empty());
                }
            }
            if let Ok(url) = Url::parse(&format!("https://e.kz/{text}")) {
                let _ = in_path(&url, Zone::Utc);
            }
        }
    }
}
