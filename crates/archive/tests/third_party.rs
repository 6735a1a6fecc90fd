//! WARC files written by other tools (`../shared/data/warc`): each is read, or refused in words.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

use archive::import::read_warc;

/// What is expected of a file: how many responses, and a part of the error that ends it, if one does.
type Expected = (&'static str, usize, Option<&'static str>);

const ARC: Option<&str> = Some("this is an ARC file");

/// Counted with warcio 1.8.1, except: it gives up on gzip files that are one member, on a record behind wrong chunks, and
/// yields what answered POST and what is not HTTP (`HTTPX/1.1` in example-extra.warc), which we pass over.
const FILES: &[Expected] = &[
    ("iipc+jwarc/test-resources/org/netpreserve/jwarc/cc.warc.gz", 1, None),
    ("iipc+jwarc/test-resources/org/netpreserve/jwarc/gzip_extra_sl.warc.gz", 0, None),
    ("webrecorder+pywb/sample_archive/warcs/bad.arc", 0, ARC),
    ("webrecorder+pywb/sample_archive/warcs/dupes.warc.gz", 3, None),
    ("webrecorder+pywb/sample_archive/warcs/example-bad.warc.gz.bad", 2, None),
    ("webrecorder+pywb/sample_archive/warcs/example-extra.warc", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/example-url-agnostic-orig.warc.gz", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/example-url-agnostic-revisit.warc.gz", 0, None),
    ("webrecorder+pywb/sample_archive/warcs/example-wget-1-14.warc.gz", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/example-wpull.warc.gz", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/example.arc", 0, ARC),
    ("webrecorder+pywb/sample_archive/warcs/example.arc.gz", 0, ARC),
    ("webrecorder+pywb/sample_archive/warcs/example.warc", 2, None),
    ("webrecorder+pywb/sample_archive/warcs/example.warc.gz", 2, None),
    ("webrecorder+pywb/sample_archive/warcs/example2.warc.gz", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/httpbin-resource.warc.gz", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/iana.warc.gz", 48, None),
    ("webrecorder+pywb/sample_archive/warcs/missing-status-text.warc", 1, None),
    ("webrecorder+pywb/sample_archive/warcs/post-test.warc.gz", 0, None),
    ("webrecorder+warcio/test/data/bad.arc", 0, ARC),
    ("webrecorder+warcio/test/data/example-bad-non-chunked.warc.gz", 1, None),
    ("webrecorder+warcio/test/data/example-bad.warc.gz.bad", 2, None),
    ("webrecorder+warcio/test/data/example-digest.warc", 0, None),
    ("webrecorder+warcio/test/data/example-iana.org-chunked.warc", 1, None),
    ("webrecorder+warcio/test/data/example-resource.warc.gz", 1, None),
    ("webrecorder+warcio/test/data/example-space-in-target-uri.warc.gz", 0, None),
    ("webrecorder+warcio/test/data/example-space-in-url.arc", 0, ARC),
    ("webrecorder+warcio/test/data/example-trunc.warc", 1, None),
    ("webrecorder+warcio/test/data/example-wget-bad-target-uri.warc.gz", 1, None),
    ("webrecorder+warcio/test/data/example-wrong-chunks.warc.gz", 1, None),
    ("webrecorder+warcio/test/data/example.arc", 0, ARC),
    ("webrecorder+warcio/test/data/example.arc.gz", 0, ARC),
    ("webrecorder+warcio/test/data/example.warc", 1, None),
    ("webrecorder+warcio/test/data/example.warc.gz", 1, None),
    ("webrecorder+warcio/test/data/post-test.warc.gz", 0, None),
];

#[expect(clippy::print_stdout, reason = "a skipped test says why")]
fn samples() -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/warc/third_party_samples.tar.xz");
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for item in std::fs::read_dir(dir).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn every_sample_is_read_or_refused_in_words() {
    let Some(samples) = samples() else { return };
    let dir = tempfile::tempdir().unwrap();
    let status = Command::new("tar").arg("-xJf").arg(&samples).arg("-C").arg(dir.path()).status();
    if !status.is_ok_and(|status| status.success()) {
        println!("skipped: tar cannot unpack {}", samples.display());
        return;
    }
    let mut paths = Vec::new();
    files(dir.path(), &mut paths);
    paths.sort();
    let mut got = Vec::new();
    for path in &paths {
        let name = path.strip_prefix(dir.path()).unwrap().to_string_lossy().into_owned();
        let mut file = read_warc(std::fs::File::open(path).unwrap(), &name);
        let (mut count, mut error) = (0, None);
        for item in file.by_ref() {
            match item {
                Ok(item) => {
                    count += 1;
                    item.into_record("test").unwrap();
                }
                Err(e) => error = Some(e.to_string()),
            }
        }
        println!("{name} {count} {error:?} {:?}", file.skipped());
        got.push((name, count, error));
    }
    for (name, count, error) in &got {
        let Some((_, responses, stop)) = FILES.iter().find(|(known, ..)| known == name) else {
            println!("{name}: not among the known samples");
            continue;
        };
        assert_eq!(count, responses, "{name}: {error:?}");
        let as_expected = match (stop, error) {
            (Some(stop), Some(error)) => error.contains(stop) && error.contains("byte 0"),
            (None, None) => true,
            _ => false,
        };
        assert!(as_expected, "{name}: {error:?}");
    }
    assert!(got.len() >= FILES.len());
}
