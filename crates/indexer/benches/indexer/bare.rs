//! Bare tantivy.

use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    FAST, INDEXED, IndexRecordOption, STORED, STRING, Schema, TEXT, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{IndexSettings, Searcher, TantivyDocument};

use crate::meter::{Span, cpu};
use crate::sets::Set;
use crate::{MEMORY_BYTES, Outcome};

/// An index of title and text.
pub(crate) struct Bare {
    /// CPU time of making it.
    pub(crate) taken: Span,
    searcher: Searcher,
    parser: QueryParser,
    _dir: tempfile::TempDir,
}

impl Bare {
    /// Indexes a set; with as many fields of the same kinds as ours where wanted.
    pub(crate) fn index(set: &Set, same_fields: bool) -> Outcome<Self> {
        let mut builder = Schema::builder();
        let title = builder.add_text_field("title", TEXT | STORED);
        let body = builder.add_text_field("body", TEXT | STORED);
        let frequencies = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("default")
                .set_index_option(IndexRecordOption::WithFreqs),
        );
        let terms = builder.add_text_field("terms", frequencies);
        let strings: Vec<_> =
            (0..4).map(|n| builder.add_text_field(&format!("s{n}"), STRING | FAST)).collect();
        let key = builder.add_bytes_field("key", INDEXED);
        let numbers: Vec<_> = (0..7).map(|n| builder.add_u64_field(&format!("n{n}"), FAST)).collect();
        let dir = tempfile::tempdir()?;
        let settings = IndexSettings {
            docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
            ..IndexSettings::default()
        };
        let index =
            tantivy::Index::builder().schema(builder.build()).settings(settings).create_in_dir(dir.path())?;
        let start = cpu();
        let mut writer = index.writer_with_num_threads(1, MEMORY_BYTES / 4 * 3)?;
        for document in &set.documents {
            let mut entry = TantivyDocument::new();
            entry.add_text(title, &document.title);
            entry.add_text(body, &document.text);
            if same_fields {
                entry.add_text(terms, &document.title);
                entry.add_text(terms, &document.text);
                // Host and site, as ours; section and tag are empty in these sets.
                for field in &strings[..2] {
                    entry.add_text(*field, &document.url[8..12]);
                }
                entry.add_bytes(key, &document.key.0);
                for number in &numbers {
                    entry.add_u64(*number, u64::from(document.key.0[15]));
                }
            }
            writer.add_document(entry)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let taken = cpu().saturating_sub(start);
        let parser = QueryParser::for_index(&index, vec![title, body]);
        Ok(Self { taken, searcher: index.reader()?.searcher(), parser, _dir: dir })
    }

    /// The ten best, read from the store.
    pub(crate) fn search(&self, text: &str) -> Outcome<()> {
        let (query, _) = self.parser.parse_query_lenient(text);
        for (_, address) in self.searcher.search(&query, &TopDocs::with_limit(10).order_by_score())? {
            let _: TantivyDocument = self.searcher.doc(address)?;
        }
        Ok(())
    }
}
