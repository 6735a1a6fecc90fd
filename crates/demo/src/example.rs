//! What to ask the demo web. Invariant: every example names a page of the manifest whose text contains the query's words.

/// A query and the page that must be among its results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// `kk`, `ru` or `en`.
    pub language: &'static str,
    /// What a reader would type.
    pub query: &'static str,
    /// URL of the article it is about.
    pub finds: &'static str,
}

static QUERIES: [Example; 3] = [
    Example {
        language: "kk", query: "қар барысы", finds: "http://alatau.test/2026/02/11/qar-barysy/"
    },
    Example {
        language: "ru",
        query: "поезд к озеру кокайдын",
        finds: "http://volna.test/news/1239-nochnoj-poezd.html",
    },
    Example {
        language: "en",
        query: "wild apple forest",
        finds: "http://steppe.test/food/wild-apple-forest",
    },
];

/// One query in each language: Kazakh, Russian, English.
#[must_use]
pub fn queries() -> &'static [Example] {
    &QUERIES
}

/// An article to like. It has relatives in its own language (river gauges, grass, radio) and tellings in the other two.
#[must_use]
pub fn liked() -> &'static str {
    "http://orbit.test/notes/swallow-cubesat"
}
