//! Both transports keep the promises of their port.

use std::collections::BTreeMap;

use fetcher::{MemoryTransport, ReqwestTransport, Settings};
use testkit::conformance::fetcher::{pages, run};
use testkit::web::{Page, Web};

const ORIGIN: &str = "http://port.test";

#[tokio::test]
async fn the_transport_in_memory_conforms() {
    let pages: BTreeMap<_, _> =
        pages().into_iter().map(|(path, page)| (format!("{ORIGIN}{path}"), page)).collect();
    run(&MemoryTransport::of_pages(pages), ORIGIN).await;
}

#[tokio::test]
async fn the_transport_of_the_network_conforms() {
    let mut web = Web::builder();
    for (path, response) in pages() {
        let kind = response
            .header("content-type")
            .map_or_else(String::new, |value| String::from_utf8_lossy(value).into_owned());
        let mut page = Page::bytes(&kind, response.body.raw).status(response.status);
        for line in response.headers.iter().filter(|line| line.name != "content-type") {
            page = page.header(&line.name, &line.value);
        }
        web = web.page(&format!("{ORIGIN}{path}"), page);
    }
    let web = web.start();
    let settings: Settings = toml::from_str(&web.resolve_toml()).unwrap();
    run(&ReqwestTransport::new(&settings).unwrap(), ORIGIN).await;
}
