//! What the bare libraries cost, one at a time. Invariant: the code is the chain's; only what is measured differs.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::chain::{self, IN_FLIGHT, PlainIndex};
use crate::meter::{Measured, Meter};
use crate::web::Web;

pub(crate) fn get(web: &Web, port: u16, _: &Path) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let meter = Meter::start();
    let pages = runtime.block_on(get_all(web, port));
    meter.stop(pages.len())
}

pub(crate) fn gunzip(web: &Web, port: u16, _: &Path) -> Measured {
    let pages = received(web, port);
    let meter = Meter::start();
    for (_, gzip) in &pages {
        std::hint::black_box(chain::gunzip(gzip));
    }
    meter.stop(pages.len())
}

pub(crate) fn scraper(web: &Web, port: u16, _: &Path) -> Measured {
    let pages = decoded(web, port);
    let meter = Meter::start();
    for (url, html) in &pages {
        std::hint::black_box(chain::read(url, html));
    }
    meter.stop(pages.len())
}

pub(crate) fn tantivy(web: &Web, port: u16, scratch: &Path) -> Measured {
    let pages: Vec<_> = decoded(web, port)
        .into_iter()
        .map(|(url, html)| {
            let read = chain::read(&url, &html);
            (url, read.title, read.text)
        })
        .collect();
    let meter = Meter::start();
    let mut index = PlainIndex::create(scratch);
    for (url, title, text) in &pages {
        index.add(url, title, text);
    }
    index.finish();
    meter.stop(pages.len())
}

pub(crate) fn gzip(web: &Web, port: u16, scratch: &Path) -> Measured {
    let pages = decoded(web, port);
    let meter = Meter::start();
    let mut file = BufWriter::new(File::create(scratch.join("floor.warc.gz")).unwrap());
    for (url, html) in &pages {
        file.write_all(&chain::warc_record(url, html)).unwrap();
    }
    file.flush().unwrap();
    meter.stop(pages.len())
}

fn decoded(web: &Web, port: u16) -> Vec<(String, Vec<u8>)> {
    received(web, port).into_iter().map(|(url, gzip)| (url, chain::gunzip(&gzip))).collect()
}

fn received(web: &Web, port: u16) -> Vec<(String, Bytes)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(get_all(web, port))
}

async fn get_all(web: &Web, port: u16) -> Vec<(String, Bytes)> {
    let client = chain::client(web, port);
    let mut pages = Vec::with_capacity(web.urls.len());
    let mut at_work = JoinSet::new();
    for url in web.urls.iter().cloned() {
        if at_work.len() >= IN_FLIGHT {
            pages.extend(at_work.join_next().await.map(Result::unwrap));
        }
        let client = client.clone();
        at_work.spawn(async move {
            let body = chain::get(&client, &url).await;
            (url, body)
        });
    }
    pages.extend(at_work.join_all().await);
    pages
}
