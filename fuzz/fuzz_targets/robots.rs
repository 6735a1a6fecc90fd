//! Any bytes as a robots.txt; its first line is also the path that is asked for.
#![no_main]

use url::Url;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let rules = fetcher::robots::Rules::parse(bytes);
    let line: Vec<u8> = bytes.iter().copied().take_while(|byte| *byte != b'\n').collect();
    let path = String::from_utf8_lossy(&line);
    let url = Url::parse("https://e.kz/").and_then(|base| base.join(&path));
    if let Ok(url) = url {
        let _ = rules.judge("silteme", &url);
    }
    let _ = (rules.crawl_delay("silteme"), rules.request_rate("silteme"), rules.sitemaps().len());
});
