//! Turns `data/demo/manifest.tsv` into a table of pages with their bytes.
//!
//! Invariant: a row that does not name an existing file, a valid status or a well-formed header stops the build and
//! says which line it is.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../data/demo").canonicalize()?;
    println!("cargo::rerun-if-changed={}", web.display());
    let manifest = fs::read_to_string(web.join("manifest.tsv"))?;
    let mut rows = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let row = row(&web, line)
            .map_err(|reason| format!("data/demo/manifest.tsv line {}: {reason}", index + 1))?;
        rows.push(row);
    }
    rows.sort();
    if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("data/demo/manifest.tsv: {} is listed twice", pair[0].0).into());
    }
    let table: String = rows.into_iter().map(|(_, code)| code).collect();
    let out = PathBuf::from(env::var("OUT_DIR")?).join("pages.rs");
    fs::write(out, format!("&[\n{table}]\n"))?;
    Ok(())
}

/// One row as (URL, Rust expression of its page).
fn row(web: &Path, line: &str) -> Result<(String, String), Box<dyn Error>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [url, file, content_type, status, extra] = fields[..] else {
        return Err(format!("expected 5 fields separated by tabs, found {}", fields.len()).into());
    };
    if !url.is_ascii() || !url.strip_prefix("http://").is_some_and(|rest| rest.contains('/')) {
        return Err(format!("{url:?} is not an ASCII http URL with a path").into());
    }
    let status: u16 = status.parse().map_err(|_| format!("status {status:?} is not a number"))?;
    if !(200..=599).contains(&status) {
        return Err(format!("status {status} is not a final one").into());
    }
    let mut headers = String::new();
    for header in extra.split('|').filter(|header| !header.is_empty()) {
        let (name, value) =
            header.split_once(": ").ok_or_else(|| format!("{header:?} is not `Name: value`"))?;
        write!(headers, "({name:?}, {value:?}), ")?;
    }
    let (bytes, body) = if file == "-" {
        (Vec::new(), "b\"\"".to_owned())
    } else {
        let path = web.join(file);
        let bytes = fs::read(&path).map_err(|e| format!("{file}: {e}"))?;
        let path = path.to_str().ok_or("the checkout lies under a path that is not Unicode")?;
        (bytes, format!("include_bytes!({path:?})"))
    };
    // 64 bits of FNV-1a (draft-eastlake-fnv) are plenty: the pages are ours, nobody chooses them to collide.
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let etag = format!("\"{hash:016x}\"");
    let code = format!(
        "Page {{ url: {url:?}, file: {file:?}, content_type: {content_type:?}, status: {status}, \
         headers: &[{headers}], etag: {etag:?}, body: {body} }},\n"
    );
    Ok((url.to_owned(), code))
}
