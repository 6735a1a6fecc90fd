//! The given stack put together without ado: reqwest, gunzip, scraper, tantivy, gzip-1.
//!
//! Invariant: it does no more than a crawler cannot do without: no robots.txt, no politeness, no durability, no metadata.

use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use reqwest::Client;
use scraper::{Html, Node, Selector};
use tantivy::schema::{Field, STORED, STRING, Schema, TEXT};
use tantivy::{Index, IndexWriter, TantivyDocument};
use tokio::task::JoinSet;
use url::Url;

use crate::meter::{Measured, Meter};
use crate::web::Web;

/// Requests in flight: one per host of the webs.
pub(crate) const IN_FLIGHT: usize = 50;
/// Documents per commit.
const COMMIT_EVERY: usize = 2_500;

static TITLE: LazyLock<Selector> = LazyLock::new(|| Selector::parse("title").unwrap());
static LINKS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").unwrap());
static BODY: LazyLock<Selector> = LazyLock::new(|| Selector::parse("body").unwrap());

/// What is read out of a page.
pub(crate) struct Read {
    pub(crate) links: Vec<String>,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Runs the chain over a web.
pub(crate) fn run(web: &Web, port: u16, scratch: &Path) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let meter = Meter::start();
    let pages = runtime.block_on(crawl(web, port, scratch));
    let mut measured = meter.stop(pages);
    if pages != web.urls.len() {
        measured.note = format!("{pages} of {} pages", web.urls.len());
    }
    measured
}

async fn crawl(web: &Web, port: u16, scratch: &Path) -> usize {
    let client = client(web, port);
    let hosts: HashSet<String> = web.urls.iter().filter_map(|url| host(url)).collect();
    let mut known: HashSet<String> = web.seeds.iter().cloned().collect();
    let mut queue: VecDeque<String> = web.seeds.iter().cloned().collect();
    let index = Arc::new(Mutex::new(PlainIndex::create(&scratch.join("index"))));
    let warc = Arc::new(Mutex::new(BufWriter::new(File::create(scratch.join("chain.warc.gz")).unwrap())));
    let mut at_work = JoinSet::new();
    let mut pages = 0;
    loop {
        while at_work.len() < IN_FLIGHT
            && let Some(url) = queue.pop_front()
        {
            let (client, index, warc) = (client.clone(), Arc::clone(&index), Arc::clone(&warc));
            at_work.spawn(async move {
                let html = gunzip(&get(&client, &url).await);
                let read = read(&url, &html);
                index.lock().unwrap().add(&url, &read.title, &read.text);
                let record = warc_record(&url, &html);
                warc.lock().unwrap().write_all(&record).unwrap();
                read.links
            });
        }
        let Some(links) = at_work.join_next().await else { break };
        pages += 1;
        for link in links.unwrap() {
            if web.follows
                && host(&link).is_some_and(|host| hosts.contains(&host))
                && known.insert(link.clone())
            {
                queue.push_back(link);
            }
        }
    }
    warc.lock().unwrap().flush().unwrap();
    Arc::into_inner(index).unwrap().into_inner().unwrap().finish();
    pages
}

fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://")?;
    Some(rest[..rest.find('/').unwrap_or(rest.len())].to_owned())
}

/// A client that finds every host of the web at its port.
pub(crate) fn client(web: &Web, port: u16) -> Client {
    // It wants a provider although every page is http; an earlier one serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let hosts: HashSet<String> = web.urls.iter().filter_map(|url| host(url)).collect();
    let mut builder = Client::builder().no_proxy();
    for host in hosts {
        builder = builder.resolve(&host, ([127, 0, 0, 1], port).into());
    }
    builder.build().unwrap()
}

/// The body as it was sent.
pub(crate) async fn get(client: &Client, url: &str) -> Bytes {
    let response = client.get(url).header("Accept-Encoding", "gzip").send().await.unwrap();
    assert!(response.status().is_success(), "{url}: {}", response.status());
    response.bytes().await.unwrap()
}

pub(crate) fn gunzip(gzip: &[u8]) -> Vec<u8> {
    let mut html = Vec::with_capacity(gzip.len() * 4);
    MultiGzDecoder::new(gzip).read_to_end(&mut html).unwrap();
    html
}

/// Links, title and text of a page.
pub(crate) fn read(url: &str, html: &[u8]) -> Read {
    let base = Url::parse(url).unwrap();
    let html = Html::parse_document(&String::from_utf8_lossy(html));
    let title = html.select(&TITLE).next().map(|title| title.text().collect()).unwrap_or_default();
    let link = |href: &str| {
        let mut url = base.join(href).ok()?;
        url.set_fragment(None);
        Some(url.into())
    };
    let links = html.select(&LINKS).filter_map(|a| link(a.value().attr("href")?)).collect();
    let mut text = String::new();
    for node in html.select(&BODY).flat_map(|body| body.descendants()) {
        let invisible = || {
            let parent = node
                .parent()
                .and_then(|parent| parent.value().as_element().map(scraper::node::Element::name));
            matches!(parent, Some("script" | "style" | "noscript"))
        };
        if let Node::Text(piece) = node.value()
            && !invisible()
        {
            text.push_str(piece);
        }
    }
    Read { links, title, text }
}

/// A response record as one gzip member.
pub(crate) fn warc_record(url: &str, html: &[u8]) -> Vec<u8> {
    let http =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", html.len());
    let mut encoder = GzEncoder::new(Vec::with_capacity(html.len() / 3), Compression::fast());
    write!(
        encoder,
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-01T00:00:00Z\r\n\
         Content-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n{http}",
        http.len() + html.len()
    )
    .unwrap();
    encoder.write_all(html).unwrap();
    encoder.write_all(b"\r\n\r\n").unwrap();
    encoder.finish().unwrap()
}

/// tantivy with its defaults and three fields.
pub(crate) struct PlainIndex {
    writer: IndexWriter,
    url: Field,
    title: Field,
    body: Field,
    added: usize,
}

impl PlainIndex {
    pub(crate) fn create(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let mut schema = Schema::builder();
        let url = schema.add_text_field("url", STRING | STORED);
        let title = schema.add_text_field("title", TEXT | STORED);
        let body = schema.add_text_field("body", TEXT | STORED);
        // One thread and as much memory as the index of the pipeline has by default.
        let writer = Index::create_in_dir(folder, schema.build())
            .unwrap()
            .writer_with_num_threads(1, 48 << 20)
            .unwrap();
        Self { writer, url, title, body, added: 0 }
    }

    pub(crate) fn add(&mut self, url: &str, title: &str, text: &str) {
        let mut document = TantivyDocument::new();
        document.add_text(self.url, url);
        document.add_text(self.title, title);
        document.add_text(self.body, text);
        self.writer.add_document(document).unwrap();
        self.added += 1;
        if self.added.is_multiple_of(COMMIT_EVERY) {
            self.writer.commit().unwrap();
        }
    }

    pub(crate) fn finish(mut self) {
        self.writer.commit().unwrap();
        self.writer.wait_merging_threads().unwrap();
    }
}
