//! The link graph among the stores: how it is written, and how the index asks it.
//!
//! Invariant: nothing that was taken down is in it, neither as a page nor as where a link leads.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indexer::{Inbound, IndexWriter as _, LinkSource as _};
use links::{Authority, Graph, Page, Writer};
use model::{Clock, Document, LinkKind, Position, Timestamp, UrlKey};

use crate::Error;
use crate::derive::{Derived, PageChange};
use crate::stores::Stores;
use crate::takedowns::Takedowns;

/// Texts of other pages that a document is found by.
const ANCHORS_MAX: usize = 16;
/// How long changes of the graph may wait for a commit while a crawl runs: nothing that answers depends on them, and a kill
/// costs one replay from here.
const COMMIT_INTERVAL: Duration = Duration::from_secs(30);
/// How old the authority of sites may become before the end of a crawl works it out again.
const AUTHORITY_AGE_MAX: Duration = Duration::from_hours(24);

/// Links and documents of a run that are remembered for [`refresh`]: 10 MB of memory.
const REMEMBERED_MAX: usize = 200_000;
/// Documents that one run puts again, at most: some seconds of work.
const REFRESHED_MAX: u64 = 5_000;
/// So many inlinks are few.
const FEW: u64 = 64;

/// Where the link graph is.
#[must_use]
pub fn links_dir(data: &Path) -> PathBuf {
    data.join("links")
}

/// The graph's writer with what must not enter it.
pub struct LinkGraph {
    writer: Writer,
    takedowns: Takedowns,
    /// When changes were last committed, as far as this process knows.
    committed: Option<Timestamp>,
    /// Where telling links lead that were taken in since the last [`refresh`], as far as there is room.
    linked: BTreeSet<UrlKey>,
}

impl LinkGraph {
    /// Opens the graph of a data directory, making an empty one if there is none.
    ///
    /// # Errors
    /// When it is damaged or of another version, or the disk fails.
    pub(crate) fn open(data: &Path, takedowns: Takedowns) -> Result<Self, Error> {
        Ok(Self::over(Writer::open(&links_dir(data))?, takedowns))
    }

    /// As [`LinkGraph::open`], but makes a new one where what is there cannot be used.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn open_or_recreate(data: &Path, takedowns: Takedowns) -> Result<Self, Error> {
        match Self::open(data, takedowns.clone()) {
            Err(Error::Links(error)) if error.is_mendable() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the link graph is built anew");
                Self::recreate(data, takedowns)
            }
            opened => opened,
        }
    }

    /// An empty graph in place of whatever is there.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn recreate(data: &Path, takedowns: Takedowns) -> Result<Self, Error> {
        Ok(Self::over(Writer::recreate(&links_dir(data))?, takedowns))
    }

    fn over(writer: Writer, takedowns: Takedowns) -> Self {
        Self { writer, takedowns, committed: None, linked: BTreeSet::new() }
    }

    /// Takes in what was derived, in record order: a later record of a URL wins.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn take_in(&mut self, derived: &mut [Derived]) -> Result<(), Error> {
        self.takedowns.refresh()?;
        for one in derived {
            match std::mem::replace(&mut one.page, PageChange::Keep) {
                PageChange::Put(page) => match permitted(*page, &self.takedowns) {
                    Some(page) => {
                        self.remember(&page);
                        self.writer.put(&[page])?;
                    }
                    None => self.writer.delete(&[one.key]),
                },
                PageChange::Delete => self.writer.delete(&[one.key]),
                PageChange::Keep => {}
            }
        }
        Ok(())
    }

    /// Remembers where the telling links of a page lead.
    fn remember(&mut self, page: &Page) {
        let room = REMEMBERED_MAX.saturating_sub(self.linked.len());
        let telling = page.links.iter().filter(|link| {
            !matches!(link.kind, LinkKind::Navigation | LinkKind::Footer | LinkKind::Pagination)
                && !link.text.is_empty()
        });
        self.linked.extend(telling.filter_map(|link| link.target).take(room));
    }

    /// Commits when the last commit was long enough ago.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn commit_if_due(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error> {
        let since = *self.committed.get_or_insert(now);
        if model::time::until(since, now) >= COMMIT_INTERVAL { self.commit(checkpoint, now) } else { Ok(()) }
    }

    /// Makes everything so far durable, with the place in the archive it reaches to.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn commit(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error> {
        self.committed = Some(now);
        Ok(self.writer.commit(checkpoint)?)
    }

    /// The place in the archive it reaches to.
    pub(crate) fn checkpoint(&self) -> Position {
        self.writer.checkpoint()
    }

    /// Removes what the journal lists, committed: pages, and links that lead to them.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn forget(&mut self, data: &Path, doomed: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        /// Pages looked at together.
        const STEP: usize = 256;
        let Some(graph) = Graph::open(&links_dir(data))? else { return Ok(()) };
        let mut after = None;
        loop {
            let pages = graph.pages(after, STEP)?;
            let Some(last) = pages.last() else { break };
            after = Some(last.key);
            for mut page in pages {
                let before = page.links.len();
                page.links.retain(|link| !doomed(&link.url));
                if doomed(&page.url) {
                    self.writer.delete(&[page.key]);
                } else if page.links.len() < before {
                    self.writer.put(&[page])?;
                }
            }
        }
        Ok(self.writer.commit(self.writer.checkpoint())?)
    }

    /// Removes pages, committed.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn remove(&mut self, keys: &[UrlKey]) -> Result<(), Error> {
        self.writer.delete(keys);
        Ok(self.writer.commit(self.writer.checkpoint())?)
    }

    /// Commits, and removes what was deleted from the files for real.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn purge(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error> {
        self.commit(checkpoint, now)?;
        Ok(self.writer.purge()?)
    }
}

/// A page without the links that were taken down; none if it was itself.
pub(crate) fn permitted(mut page: Page, takedowns: &Takedowns) -> Option<Page> {
    if takedowns.hides(&page.url) {
        return None;
    }
    page.links.retain(|link| !takedowns.hides(&link.url));
    Some(page)
}

/// Works out the authority of sites and keeps it; says of how many.
///
/// # Errors
/// When the graph cannot be read or the disk fails; then the one before stays.
pub(crate) fn renew_authority(data: &Path, now: Timestamp) -> Result<usize, Error> {
    let dir = links_dir(data);
    let Some(graph) = Graph::open(&dir)? else { return Ok(0) };
    let authority = Authority::of_graph(&graph, now)?;
    authority.save(&dir)?;
    Ok(authority.len())
}

/// [`renew_authority`], if it was never worked out, is damaged, or a day old.
///
/// # Errors
/// As [`renew_authority`].
pub(crate) fn renew_authority_if_old(data: &Path, now: Timestamp) -> Result<(), Error> {
    match Authority::load(&links_dir(data)) {
        Ok(Some(known)) if model::time::until(known.made(), now) < AUTHORITY_AGE_MAX => Ok(()),
        _ => renew_authority(data, now).map(drop),
    }
}

/// What the index asks of the graph when a document is put.
pub(crate) struct Inlinks {
    graph: Option<Graph>,
    authority: Authority,
    clock: Arc<dyn Clock>,
    /// Hash of the anchors that each document of this run was put with.
    told: Mutex<HashMap<UrlKey, u64>>,
}

impl Inlinks {
    /// As the graph of a data directory stands and, for anchors, goes on to stand.
    ///
    /// # Errors
    /// When the graph is damaged or the disk fails. A damaged authority file counts as none: the next crawl or reindex
    /// makes it anew.
    pub(crate) fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        let dir = links_dir(data);
        let authority = Authority::load(&dir).unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "sites have no authority until it is worked out again"
            );
            None
        });
        let (graph, authority) = (Graph::open(&dir)?, authority.unwrap_or_default());
        Ok(Arc::new(Self { graph, authority, clock, told: Mutex::default() }))
    }

    fn look_up(&self, key: &UrlKey) -> Vec<String> {
        let Some(graph) = &self.graph else { return Vec::new() };
        graph.anchors(key, ANCHORS_MAX, self.clock.now()).unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a document is indexed without its anchors"
            );
            Vec::new()
        })
    }

    /// Whether others say of a document something that neither its title nor the index says already: the anchors it was put
    /// with in this run differ, or (of an earlier run's documents) so few pages link to it that each of them counts.
    fn is_news(&self, document: &Document) -> Result<bool, Error> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(&document.key).copied();
        let Some(graph) = &self.graph else { return Ok(false) };
        if told.is_none() && graph.inlink_count(&document.key)? > FEW {
            return Ok(false);
        }
        let anchors = self.look_up(&document.key);
        let title = document.title.to_lowercase();
        Ok(told != Some(hash_of(&anchors))
            && anchors.iter().any(|anchor| !title.contains(&anchor.to_lowercase())))
    }
}

impl Inbound for Inlinks {
    fn anchors(&self, key: &UrlKey) -> Vec<String> {
        let anchors = self.look_up(key);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < REMEMBERED_MAX {
            told.insert(*key, hash_of(&anchors));
        }
        anchors
    }

    fn authority(&self, site: &str) -> f32 {
        self.authority.of(site)
    }
}

fn hash_of(anchors: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    anchors.hash(&mut hasher);
    hasher.finish()
}

/// Puts documents again of which this run's pages say something new, committed: most links to a page are found after the page.
/// Returns how many; the rest get theirs with the next reindex.
///
/// # Errors
/// Failures of the stores.
pub(crate) fn refresh(stores: &mut Stores) -> Result<u64, Error> {
    /// Keys looked up together.
    const STEP: usize = 256;
    let targets: Vec<UrlKey> = std::mem::take(&mut stores.links.linked).into_iter().collect();
    let now = stores.clock.now();
    let mut refreshed = 0;
    for keys in targets.chunks(STEP) {
        for hit in stores.index.get(keys, now)?.into_iter().flatten() {
            if refreshed < REFRESHED_MAX && stores.inlinks.is_news(&hit.document)? {
                stores.writer.put(&[hit.document])?;
                refreshed += 1;
            }
        }
    }
    stores.writer.commit(stores.writer.checkpoint(), now)?;
    tracing::info!(
        linked = targets.len(),
        refreshed,
        "documents indexed again with what other pages say of them"
    );
    Ok(refreshed)
}
