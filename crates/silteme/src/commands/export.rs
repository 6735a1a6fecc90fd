//! `silteme export`: links, documents, WARC records, changes.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use archive::{ArchiveSource, Compression};
use indexer::{Change, LinkSource};
use pipeline::ReadStores;
use serde::Serialize;
use serde_json::json;

use super::Context;
use crate::args::{ExportArgs, Exported};
use crate::exit::Exit;

/// Log entries read per step of `export changes`.
const STEP: usize = 256;

pub(super) fn run(context: &mut Context, args: &ExportArgs) -> anyhow::Result<Exit> {
    let stores = ReadStores::open(
        &context.global.data,
        &context.config.pipeline,
        std::sync::Arc::clone(&context.clock),
    )?;
    let mut out: Box<dyn Write> = match &args.out {
        None => Box::new(BufWriter::new(io::stdout())),
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|e| pipeline::Error::Disk {
            action: "create",
            path: path.clone(),
            source: e,
        })?)),
    };
    let count = write(&stores, args, &mut out)?;
    out.flush().map_err(pipeline::Error::Output)?;
    if args.out.is_some() {
        let what = format!("{:?}", args.what).to_lowercase();
        context
            .out
            .line(&json!({ "event": "summary", "exported": count }), |_| format!("{count} {what} written"))?;
    }
    Ok(if count == 0 { Exit::Partly } else { Exit::Done })
}

fn write(stores: &ReadStores, args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<u64> {
    let now = stores.clock.now();
    let no_archive = || -> &dyn ArchiveSource { &NoArchive };
    let archive: &dyn ArchiveSource = match &stores.archive {
        Some(archive) => archive,
        None => no_archive(),
    };
    Ok(match args.what {
        Exported::Documents => {
            pipeline::export_documents(&stores.index, args.since, now, &mut |document| line(out, document))?
        }
        Exported::Links => match &stores.links {
            Some(graph) => pipeline::export_links(graph, &stores.takedowns, args.since, now, &mut |link| {
                line(out, link)
            })?,
            None if stores.archive.is_some() => {
                let why = "the link graph is not built yet; `silteme verify` builds it from the archive";
                return Err(pipeline::Error::Input(why.to_owned()).into());
            }
            None => 0,
        },
        Exported::Warc => {
            let zstd = args.out.as_ref().is_some_and(|path| path.extension().is_some_and(|end| end == "zst"));
            let compression = if zstd { Compression::Zstd } else { Compression::Gzip };
            pipeline::export_warc(archive, &stores.takedowns, compression, args.since, now, out)?
        }
        Exported::Changes => changes(stores, args, out)?,
    })
}

fn changes(stores: &ReadStores, args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<u64> {
    let mut cursor = None;
    let mut count = 0;
    loop {
        let stretch = stores
            .index
            .changes(cursor.as_deref(), STEP, stores.clock.now())
            .map_err(pipeline::Error::from)?;
        for change in
            stretch.changes.iter().filter(|change| args.since.is_none_or(|since| change.at() >= since))
        {
            line(out, &change_line(change)).map_err(pipeline::Error::Output)?;
            count += 1;
        }
        if !stretch.more {
            return Ok(count);
        }
        cursor = Some(stretch.next);
    }
}

fn change_line(change: &Change) -> serde_json::Value {
    match change {
        Change::Upsert { at, document } => {
            json!({ "change": "upsert", "at": at, "id": document.key, "document": document })
        }
        Change::Delete { at, key, url } => json!({ "change": "delete", "at": at, "id": key, "url": url }),
    }
}

fn line<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// An archive that was never begun.
struct NoArchive;

impl ArchiveSource for NoArchive {
    fn replay(&self, _: model::Position) -> Result<archive::Replay<'_>, archive::Error> {
        Ok(Box::new(std::iter::empty()))
    }

    fn end(&self) -> model::Position {
        model::Position::default()
    }

    fn lookup(&self, _: &str) -> Result<Vec<archive::Entry>, archive::Error> {
        Ok(Vec::new())
    }
}
