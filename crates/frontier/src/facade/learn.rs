//! What a batch of visits teaches about its sites: patterns, hosts, spellings, hubs, wishes.
//!
//! Invariant: only first visits count for patterns and hosts, each once; nothing is learnt from a visit that is settled
//! already.

use model::{CanonicalUrl, Outcome, Timestamp, UrlKey};

use super::Frontier;
use super::admit::Gathered;
use super::settle::Rows;
use crate::dossier::{Brought, HubVisit, Observation};
use crate::error::Error;
use crate::insight::barren;
use crate::keyed::{KeyMap, KeySet};
use crate::notice::{Notice, NoticeKind, Notices};
use crate::pattern::Pattern;
use crate::port::{LastVisit, Memo, MemoKey, UrlRow, Wanted, number_of};
use crate::queue::Turn;
use crate::schedule::{self, News};
use crate::settlement::Settlement;
use crate::spelling;
use crate::wish::WishBook;

/// Name of the memo that holds the notices.
pub(super) const NOTICES: MemoKey = MemoKey::Named("notices");

/// What one settlement brought for its site.
#[derive(Debug, Default)]
pub(super) struct Lesson {
    pub(super) news: News,
    is_hub: bool,
}

impl Frontier {
    /// Whether links of a page are worth following: not those of junk, nor of the site's answer to anything.
    pub(super) fn may_follow(&self, settlement: &Settlement) -> bool {
        self.junk_of(settlement).is_none()
    }

    fn junk_of(&self, settlement: &Settlement) -> Option<String> {
        if let Some(junk) = settlement.signs.junk {
            return Some(junk.to_string());
        }
        let likeness = settlement.likeness()?;
        let is_echo = self
            .dossiers
            .get(number_of(settlement.visit.key))
            .is_some_and(|dossier| dossier.is_echo(likeness));
        // Lists of links may well be the same under two URLs.
        (is_echo && settlement.visit.depth > 0 && settlement.visit.kind == model::ResourceKind::Page)
            .then(|| "its text is what the site answers to anything".to_owned())
    }

    /// What each settlement brought, as far as it does not depend on the others.
    pub(super) fn lessons(&self, settlements: &[Settlement], gathered: &Gathered<'_>) -> Vec<Lesson> {
        let lesson = |settlement: &Settlement| {
            let junk = self.junk_of(settlement);
            let is_new = |key: UrlKey| gathered.new.contains_key(&key);
            let fresh = if junk.is_some() {
                0
            } else {
                settlement.discovered.iter().filter(|offer| is_new(offer.url.key())).count()
            };
            let news = News {
                fresh: u32::try_from(fresh).unwrap_or(u32::MAX),
                fresh_at: None,
                wish: self.admission.wish(&settlement.visit.job),
                junk,
            };
            Lesson { news, is_hub: false }
        };
        settlements.iter().map(lesson).collect()
    }

    /// Takes in a visit of a hub: its new links, its silence, and whether it came as soon as its job wishes.
    pub(super) fn note_hub(
        &mut self,
        settlement: &Settlement,
        row: &UrlRow,
        lesson: &mut Lesson,
    ) -> Result<(), Error> {
        if !matches!(settlement.outcome, Outcome::Fetched | Outcome::NotModified)
            || lesson.news.junk.is_some()
        {
            return Ok(());
        }
        let fresh = lesson.news.fresh;
        lesson.is_hub = schedule::is_hub(row, fresh, &self.settings.recrawl);
        if !lesson.is_hub {
            return Ok(());
        }
        let dossier = self.dossiers.change(settlement);
        let is_list = row.kind != model::ResourceKind::Page;
        let visit = HubVisit {
            key: row.key,
            url: &row.url,
            at: settlement.at,
            fresh,
            links: (settlement.outcome == Outcome::Fetched)
                .then(|| u32::try_from(settlement.discovered.len()).unwrap_or(u32::MAX)),
            is_list,
        };
        let complaint = dossier.hubs.note(visit);
        lesson.news.fresh_at = dossier.hubs.fresh_at(row.key);
        if let Some(text) = complaint {
            self.notice(settlement, NoticeKind::SilentHub, &row.url, text)?;
        } else if fresh > 0 {
            self.withdraw(settlement, NoticeKind::SilentHub, &row.url)?;
        }
        let succeeded = |last: &&LastVisit| matches!(last.outcome, Outcome::Fetched | Outcome::NotModified);
        if let (Some(wish), Some(last)) = (lesson.news.wish, row.last.as_ref().filter(succeeded)) {
            let gap = model::time::until(last.at, settlement.at);
            // A hub that rests because it brings nothing is not late.
            if last.interval <= wish {
                self.wish_book(&settlement.visit.job, wish)?.note(&row.url, gap, settlement.at);
            }
        }
        Ok(())
    }

    /// Stretches a hub's interval so that the hubs of its site stay within their budget; a wish goes first, within what
    /// the site's pace allows.
    pub(super) fn keep_within_hub_budget(
        &mut self,
        settlement: &Settlement,
        row: &mut UrlRow,
        lesson: &Lesson,
    ) {
        if !lesson.is_hub {
            return;
        }
        let Some(last) = row.last.as_mut().filter(|last| !last.interval.is_zero()) else { return };
        let recrawl = &self.settings.recrawl;
        let hubs = &mut self.dossiers.change(settlement).hubs;
        let granted = hubs.within_budget(row.key, last.interval, recrawl.hub_visits_per_hour);
        let granted = granted.min(recrawl.interval_max.0);
        if granted > last.interval && lesson.news.wish.is_none() {
            last.interval = std::time::Duration::from_secs(granted.as_secs());
            let due = model::time::later(last.at, last.interval);
            row.turn = Turn::At(crate::instant::ceil_millis(due));
        }
    }

    /// Takes in what first visits brought.
    pub(super) fn learn_all(
        &mut self,
        settlements: &[Settlement],
        gathered: &Gathered<'_>,
        rows: &Rows<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut order: Vec<&Settlement> =
            settlements.iter().filter(|one| rows.is_settled(one.visit.key)).collect();
        // Whoever handed them over, they are learnt in the order of the visits.
        order.sort_by_key(|one| (one.at, one.visit.key));
        let twins = self.twins(&order)?;
        let mut learnt = KeySet::default();
        for settlement in order {
            let Ok(url) = CanonicalUrl::parse(&settlement.visit.url) else { continue };
            self.learn_spelling(settlement, &url, &twins);
            let is_answer =
                matches!(settlement.outcome, Outcome::Fetched | Outcome::HttpError { status: 404 | 410 });
            let has_signs = settlement.signs.fingerprint.is_some() || settlement.signs.junk.is_some();
            let is_gone = matches!(settlement.outcome, Outcome::HttpError { .. });
            if !is_answer || !(has_signs || is_gone) {
                continue;
            }
            let is_first = rows.before(settlement.visit.key).is_none_or(|row| {
                row.last.as_ref().is_none_or(|last| {
                    !matches!(
                        last.outcome,
                        Outcome::Fetched | Outcome::NotModified | Outcome::HttpError { status: 404 | 410 }
                    )
                })
            });
            if is_first && learnt.insert(settlement.visit.key) {
                self.learn_first(settlement, &url, gathered, now)?;
            } else if has_signs {
                let limits = &self.settings.limits;
                self.dossiers.change(settlement).note_junk(url.host(), settlement.signs.junk, limits);
            }
            self.complain(settlement, url.host())?;
        }
        Ok(())
    }

    fn learn_first(
        &mut self,
        settlement: &Settlement,
        url: &CanonicalUrl,
        gathered: &Gathered<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let limits = self.settings.limits.clone();
        let pattern = Pattern::of(url.url());
        let dossier = self.dossiers.change(settlement);
        let leads = settlement
            .discovered
            .iter()
            .filter_map(|offer| gathered.new.get(&offer.url.key()))
            .map(|&place| &gathered.candidates[place])
            .filter(|one| {
                number_of(one.key) == number_of(settlement.visit.key)
                    && one.pattern != pattern
                    && dossier.is_proven(&one.pattern, now, &limits)
            })
            .count();
        let brought = Brought {
            fingerprint: settlement.signs.fingerprint,
            likeness: settlement.likeness(),
            junk: settlement.signs.junk,
            leads: u32::try_from(leads).unwrap_or(u32::MAX),
        };
        let worth = dossier.learn(&pattern, url.host(), brought, now, &limits);
        if worth.stops_pattern {
            let text = dossier.pattern(pattern.as_str()).map_or_else(String::new, barren);
            self.notice(settlement, NoticeKind::Trap, pattern.as_str(), text)?;
        }
        Ok(())
    }

    /// What a visit shows of the spelling of its URL: a redirect, a declared canonical, the same content at both.
    fn learn_spelling(
        &mut self,
        settlement: &Settlement,
        url: &CanonicalUrl,
        twins: &KeyMap<UrlKey, UrlRow>,
    ) {
        let leads_to = match &settlement.outcome {
            Outcome::Redirected { to, .. } => CanonicalUrl::parse(to).ok(),
            Outcome::Fetched if settlement.signs.junk.is_none() => settlement.signs.canonical.clone(),
            _ => return,
        };
        if let Some(to) = leads_to {
            let shown = spelling::respelt(url).into_iter().find(|(_, other)| other.key() == to.key());
            if let Some((spelling, _)) = shown {
                let mirrors = &mut self.dossiers.change(settlement).mirrors;
                mirrors.observe(spelling, url.host(), Observation::Same);
            }
            return;
        }
        let Some(hash) = settlement.content_hash else { return };
        for (spelling, other) in spelling::respelt(url) {
            let Some(twin) = twins.get(&other.key()).and_then(|row| row.last.as_ref()) else { continue };
            let Some(twin_hash) = twin.content_hash else { continue };
            let seen = if twin_hash == hash { Observation::Same } else { Observation::Different };
            // Of two equal spellings https without www is kept, as most publishers do.
            let spelling = match spelling {
                spelling::Spelling::Https => spelling::Spelling::Http,
                spelling::Spelling::Bare => spelling::Spelling::Www,
                other => other,
            };
            let host = if spelling::of(spelling, url).is_some() { url.host() } else { other.host() };
            self.dossiers.change(settlement).mirrors.observe(spelling, host, seen);
        }
    }

    /// The other spellings of what was visited, as far as they are known and something is to be learnt from them.
    fn twins(&self, settlements: &[&Settlement]) -> Result<KeyMap<UrlKey, UrlRow>, Error> {
        let mut keys = Vec::new();
        for settlement in settlements {
            if settlement.outcome != Outcome::Fetched
                || settlement.signs.canonical.is_some()
                || settlement.content_hash.is_none()
            {
                continue;
            }
            let Ok(url) = CanonicalUrl::parse(&settlement.visit.url) else { continue };
            let dossier = self.dossiers.get(number_of(settlement.visit.key));
            let undecided = spelling::respelt(&url).into_iter().filter(|(spelling, _)| {
                dossier.is_none_or(|dossier| !dossier.mirrors.is_decided(*spelling, url.host()))
            });
            keys.extend(undecided.map(|(_, other)| other.key()));
        }
        if keys.is_empty() {
            return Ok(KeyMap::default());
        }
        let known = self.store.read(&Wanted { known: &keys, ..Wanted::default() })?.known;
        let keys: Vec<UrlKey> =
            keys.into_iter().zip(known).filter(|(_, known)| *known).map(|(key, _)| key).collect();
        if keys.is_empty() {
            return Ok(KeyMap::default());
        }
        let found = self.store.read(&Wanted { urls: &keys, ..Wanted::default() })?;
        Ok(found.urls.into_iter().flatten().map(|row| (row.key, row)).collect())
    }

    /// Notices a host of logins, checks for robots or parked pages, and takes the notice back when it is over.
    fn complain(&mut self, settlement: &Settlement, host: &str) -> Result<(), Error> {
        let complaint =
            self.dossiers.get(number_of(settlement.visit.key)).and_then(|dossier| dossier.complaint(host));
        match complaint {
            Some(junk) => {
                let is_said = self.notices()?.has(NoticeKind::JunkHost, &settlement.site, host);
                if !is_said {
                    let text = format!("most of its latest pages are {junk}, not what was asked for");
                    self.notice(settlement, NoticeKind::JunkHost, host, text)?;
                }
                Ok(())
            }
            None => self.withdraw(settlement, NoticeKind::JunkHost, host),
        }
    }

    fn notice(
        &mut self,
        settlement: &Settlement,
        kind: NoticeKind,
        subject: &str,
        text: String,
    ) -> Result<(), Error> {
        let notice = Notice {
            at: settlement.at,
            site: settlement.site.clone(),
            kind,
            subject: subject.to_owned(),
            text,
        };
        self.notices()?.add(notice);
        Ok(())
    }

    fn withdraw(&mut self, settlement: &Settlement, kind: NoticeKind, subject: &str) -> Result<(), Error> {
        self.notices()?.withdraw(kind, &settlement.site, subject);
        Ok(())
    }

    pub(super) fn notices(&mut self) -> Result<&mut Notices, Error> {
        let kept = match self.notices.take() {
            Some(kept) => kept,
            None => read_notices(&*self.store)?,
        };
        Ok(self.notices.insert(kept))
    }

    fn wish_book(&mut self, job: &str, wish: std::time::Duration) -> Result<&mut WishBook, Error> {
        if !self.wishes.contains_key(job) {
            let key = MemoKey::Job(job.to_owned());
            let found =
                self.store.read(&Wanted { memos: std::slice::from_ref(&key), ..Wanted::default() })?;
            let bytes = found.memos.into_iter().flatten().next().unwrap_or_default();
            self.wishes.insert(job.to_owned(), WishBook::of_bytes(&bytes, wish));
        }
        Ok(self.wishes.entry(job.to_owned()).or_insert_with(|| WishBook::new(wish)))
    }

    /// What was learnt and is to be written with the batch.
    pub(super) fn memos(&mut self) -> Vec<Memo> {
        let mut memos = self.dossiers.memos();
        let mut books: Vec<_> = self
            .wishes
            .drain()
            .map(|(job, book)| Memo { of: MemoKey::Job(job), bytes: book.to_bytes() })
            .collect();
        books.sort_unstable_by(|a, b| a.of.cmp(&b.of));
        memos.append(&mut books);
        if let Some(bytes) = self.notices.as_mut().and_then(Notices::changed_bytes) {
            memos.push(Memo { of: NOTICES, bytes });
        }
        memos
    }
}

/// The notices as they are stored.
pub(super) fn read_notices(store: &dyn crate::port::FrontierStore) -> Result<Notices, Error> {
    let found = store.read(&Wanted { memos: &[NOTICES], ..Wanted::default() })?;
    Ok(found.memos.into_iter().flatten().next().map(|bytes| Notices::of_bytes(&bytes)).unwrap_or_default())
}
