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
    assert_eq!(junk[0].text, "not a url");
    assert_eq!(seed_lines("a#b\n").collect::<Vec<_>>(), ["a#b"]);
}
