use std::fs;

use super::{Job, names, seed_lines};

fn load(text: &str) -> Result<Job, crate::Error> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("news.toml"), text).unwrap();
    Job::load(dir.path(), "news")
}

#[test]
fn a_whole_job_file_is_read() {
    let job = load("seeds = [\"https://a.kz/\"]\nscope = \"host\"\nexclude = [\"/tag/\"]\nschedule = \"*/15 * * * *\"\nmax_time = \"10m\"\n").unwrap();
    assert_eq!(job.name, "news");
    assert_eq!(job.max_time.unwrap().0.as_secs(), 600);
    assert_eq!(job.rules().seeds, ["https://a.kz/"]);
}

#[test]
fn errors_name_file_reason_and_next_step() {
    for (text, needles) in [
        ("seeds = []", ["news.toml", "seeds"]),
        ("seedz = [\"https://a.kz/\"]", ["news.toml", "seedz"]),
        ("seeds = [\"https://a.kz/\"]\nschedule = \"often\"", ["often", "cron"]),
        ("seeds = [", ["news.toml", "line 1"]),
    ] {
        let message = load(text).unwrap_err().to_string();
        assert!(needles.iter().all(|needle| message.contains(needle)), "{text}: {message}");
    }
}

#[test]
fn a_missing_job_names_those_there_are() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("news.toml"), "seeds = [\"https://a.kz/\"]").unwrap();
    let message = Job::load(dir.path(), "newz").unwrap_err().to_string();
    assert!(message.contains("newz") && message.contains("news"), "{message}");
    assert_eq!(names(dir.path()), ["news"]);
}

#[test]
fn seed_files_skip_comments_and_junk_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("list.txt"), "# news\nhttps://a.kz/\n\nhttps://b.kz/ # b\nnot a url\n")
        .unwrap();
    fs::write(dir.path().join("news.toml"), "seed_file = \"list.txt\"").unwrap();
    let (good, junk) = Job::load(dir.path(), "news").unwrap().parsed_seeds();
    assert_eq!(good.len(), 2);
    assert_eq!((junk[0].text.as_str(), junk[0].line), ("not a url", Some(5)));
    let lines: Vec<_> = seed_lines("\u{feff}a#b\r\n\n").map(|seed| (seed.line, seed.text)).collect();
    assert_eq!(lines, [(1, "a#b".to_owned())]);
}

#[test]
fn a_wish_that_the_settings_forbid_is_refused() {
    let job = |wish: &str| load(&format!("seeds = [\"https://a.kz/\"]\nfresh_within = \"{wish}\"")).unwrap();
    let span = |seconds| model::Span::seconds(seconds);
    let (politeness, recrawl) = (frontier::Politeness::default(), frontier::Recrawl::default());
    assert!(job("10m").check_against(&politeness, &recrawl).is_ok());
    assert_eq!(job("10m").rules().fresh_within, Some(span(600)));
    let says = |result: Result<(), crate::Error>, needles: &[&str]| {
        let message = result.unwrap_err().to_string();
        assert!(needles.iter().all(|needle| message.contains(needle)), "{message}");
    };
    says(job("5m").check_against(&politeness, &recrawl), &["news", "fresh_within", "interval_min"]);
    let slow = frontier::Politeness { delay: span(1200), delay_max: span(1200), ..politeness };
    says(job("10m").check_against(&slow, &recrawl), &["delay", "20m"]);
    let few = frontier::Recrawl { hub_visits_per_hour: 2, ..recrawl };
    says(job("10m").check_against(&politeness, &few), &["hub_visits_per_hour = 2", "30m"]);
}
