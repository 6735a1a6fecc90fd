//! What only shows at size: spilled queues, snapshots, cleaning, damage, other processes that lag behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use frontier::store::{Batch, Memo, MemoKey, Wanted};
use frontier::{
    Error, Frontier, FrontierStore, JournalStore, LeaseRequest, Limits, Offer, RobotsEntry, Settings,
    SiteReturn, Takedown,
};
use model::{Origin, Outcome, ResourceKind, Site, Timestamp};
use testkit::clock::EPOCH;
use testkit::random::Random;

use crate::world::{any_job, crawl, link, open, position, request, seed, settlement, site, visit_all};

fn files(dir: &Path, kind: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(kind)).collect();
    paths.sort();
    paths
}

fn size(dir: &Path) -> u64 {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for path in files(from, "reel-").into_iter().chain(files(from, "snapshot-")) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A longer URL fills the journal sooner.
fn page(site: u64, number: u64) -> Offer {
    Offer {
        kind: if number.is_multiple_of(97) { ResourceKind::Feed } else { ResourceKind::Page },
        depth: u16::try_from(1 + number % 3).unwrap(),
        ..link(&format!("https://s{site}.kz/{number}/{}", "x".repeat(1_900)), "https://s0.kz/somewhere")
    }
}

/// Thousands of URLs on three sites: the same answers as the plain statement gives, through spilled and merged queues,
/// snapshots, cleaned reels and crashes.
#[test]
fn large_queues_are_in_the_same_order_as_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random::new(5);
    // Patterns are not what this is about, and what is known of them lags a little after a crash.
    let limits = Limits { pattern_linked: u32::MAX, pattern_patience: u32::MAX, ..Limits::default() };
    let settings = Settings { limits, ..Settings::default() };
    let open = |now| Frontier::open(dir.path(), settings.clone(), now).unwrap();
    let mut embedded = open(EPOCH);
    let mut memory = Frontier::in_memory(settings.clone());
    for frontier in [&mut embedded, &mut memory] {
        frontier.register(any_job(), EPOCH).unwrap();
    }
    let (mut now, mut offset) = (EPOCH, 0);
    for step in 0..110u64 {
        let offers: Vec<Offer> =
            (0..random.below(90)).map(|_| page(random.below(3), random.below(1_000))).collect();
        assert_eq!(embedded.offer(&offers, now).unwrap(), memory.offer(&offers, now).unwrap());
        let few = LeaseRequest {
            sites_max: 2,
            visits_per_site_max: random.index(90),
            revisits_due_by: now,
            job: None,
        };
        assert_eq!(embedded.next_due(&few, now).unwrap(), memory.next_due(&few, now).unwrap());
        let leases = embedded.lease(&few, now).unwrap();
        assert_eq!(leases, memory.lease(&few, now).unwrap(), "step {step}");
        for mut lease in leases {
            let unvisited = lease.visits.split_off(random.index(lease.visits.len() + 1));
            let outcome = match random.below(5) {
                0 => Outcome::HttpError { status: 500 },
                1 => Outcome::HttpError { status: 404 },
                _ => Outcome::Fetched,
            };
            let (back, settlements) = visit_all(lease, &outcome, now);
            let back = SiteReturn { unvisited: unvisited.iter().map(|visit| visit.key).collect(), ..back };
            offset += 1;
            for frontier in [&mut embedded, &mut memory] {
                frontier.release(vec![back.clone()], now).unwrap();
                frontier.settle(&settlements, position(offset), now).unwrap();
            }
        }
        assert_eq!(embedded.counts().unwrap(), memory.counts().unwrap());
        now = model::time::later(now, Duration::from_secs(1 + random.below(40_000)));
        if step % 23 == 22 {
            drop(embedded);
            embedded = open(now);
            memory.recover(now).unwrap();
        }
    }
    assert_eq!(embedded.sites(None, 9).unwrap(), memory.sites(None, 9).unwrap());
    assert!(files(dir.path(), "snapshot-").len() > 1, "it was about snapshots, too");
    for number in (0..1_000).step_by(7) {
        let key = page(1, number).url.key();
        assert_eq!(embedded.url_status(key).unwrap(), memory.url_status(key).unwrap());
    }
}

#[test]
fn visiting_the_same_again_and_again_does_not_fill_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let urls: Vec<Offer> = (0..1_500).map(|n| page(n % 8, n)).collect();
    frontier.offer(&urls, EPOCH).unwrap();
    let (mut now, mut largest) = (EPOCH, 0);
    let mut live = 0;
    for round in 1..=20 {
        now = model::time::later(now, Duration::from_hours(24 * 200));
        let everything = LeaseRequest { revisits_due_by: now, ..request() };
        let mut seen = 0;
        for lease in frontier.lease(&everything, now).unwrap() {
            seen += lease.visits.len();
            let (back, settlements) = visit_all(lease, &Outcome::Fetched, now);
            frontier.release(vec![back], now).unwrap();
            for (n, settlements) in settlements.chunks(100).enumerate() {
                frontier.settle(settlements, position(round * 1_000 + n as u64), now).unwrap();
            }
        }
        assert_eq!(seen, 1_500);
        largest = largest.max(size(dir.path()));
        if round == 1 {
            // Every URL once as offered and once as visited: about twice what is needed.
            live = size(dir.path()) / 2;
        }
    }
    // Below this, a reel and a tail of the journal of a mebibyte each are not worth cleaning.
    assert!(largest < live * 5 / 2 + (6 << 20), "{largest} bytes for {live}");
}

#[test]
fn the_files_may_be_cut_at_any_byte_of_the_last_batches() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let reel = files(dir.path(), "reel-").remove(0);
    let len = || usize::try_from(fs::metadata(&reel).unwrap().len()).unwrap();
    // After which byte what holds: URLs known, URLs visited, sites on loan.
    let mut promises = vec![(len(), 0, 0, 0)];
    frontier.offer(&[seed("https://a.kz/1"), seed("https://a.kz/2"), seed("https://b.kz/")], EPOCH).unwrap();
    promises.push((len(), 3, 0, 0));
    let lease = frontier.lease(&LeaseRequest { sites_max: 1, ..request() }, EPOCH).unwrap().remove(0);
    promises.push((len(), 3, 0, 1));
    let (back, settlements) = visit_all(lease, &Outcome::Fetched, EPOCH);
    frontier.release(vec![back], EPOCH).unwrap();
    promises.push((len(), 3, 0, 0));
    frontier.settle(&settlements, position(1), EPOCH).unwrap();
    promises.push((len(), 3, settlements.len() as u64, 0));
    drop(frontier);
    let bytes = fs::read(&reel).unwrap();
    let to = dir.path().join("cut");
    for cut in promises[0].0..=bytes.len() {
        fs::create_dir_all(&to).unwrap();
        let torn = to.join(reel.file_name().unwrap());
        // Power loss may also leave zeros, or what stood there before.
        for tail in [&[][..], &[0; 40], b"FRAM\x20\0\0\0 what stood here before...."] {
            fs::write(&torn, [&bytes[..cut], if cut == bytes.len() { &[] } else { tail }].concat()).unwrap();
            // Zeros that follow may be those that were meant.
            let zeros = bytes[cut..].iter().take_while(|byte| **byte == 0).count();
            let reached = if tail.starts_with(&[0]) { cut + zeros } else { cut };
            let &(_, known, visited, lent) = promises.iter().rev().find(|(len, ..)| *len <= reached).unwrap();
            let read = Frontier::open_read_only(&to, Settings::default()).unwrap().unwrap();
            assert_eq!(read.counts().unwrap().sites_leased, lent, "cut at {cut}");
            let mut frontier = open(&to, EPOCH);
            let counts = frontier.counts().unwrap();
            assert_eq!(
                (counts.queued + counts.scheduled, counts.scheduled),
                (known, visited),
                "cut at {cut}"
            );
            frontier.offer(&[seed("https://c.kz/")], EPOCH).unwrap();
            drop(frontier);
            let counts = open(&to, EPOCH).counts().unwrap();
            assert_eq!(counts.queued + counts.scheduled, known + 1, "what comes after the cut is kept");
        }
        fs::remove_dir_all(&to).unwrap();
    }
}

#[test]
fn a_changed_byte_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    for n in 0..30 {
        frontier.offer(&[page(n % 3, n), page(n % 3, n + 100)], EPOCH).unwrap();
    }
    drop(frontier);
    let whole = open(dir.path(), EPOCH).counts().unwrap();
    let reel = files(dir.path(), "reel-").remove(0);
    let bytes = fs::read(&reel).unwrap();
    let mut random = Random::new(3);
    let mut found = 0;
    for _ in 0..200 {
        let (at, bit) = (random.index(bytes.len()), random.below(8));
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        fs::write(&reel, &changed).unwrap();
        match Frontier::open_read_only(dir.path(), Settings::default()) {
            // The last frame cannot be told from an unfinished one; some bytes of the header mean nothing.
            Ok(frontier) => {
                let counts = frontier.unwrap().counts().unwrap();
                assert!(counts == whole || counts.queued + 2 == whole.queued, "byte {at}");
            }
            Err(Error::Damaged { path, .. }) => {
                assert_eq!(path, reel);
                found += 1;
            }
            Err(error) => assert!(matches!(error, Error::Version { .. }), "{error:?}"),
        }
    }
    assert!(found > 150, "{found} of 200");
}

/// A frontier with two snapshots and something behind them.
fn with_snapshots(dir: &Path) -> Frontier {
    let mut frontier = crawl(dir);
    let mut n = 0;
    while files(dir, "snapshot-").len() < 2 {
        let offers: Vec<Offer> = (n..n + 200).map(|n| page(n % 5, n)).collect();
        frontier.offer(&offers, EPOCH).unwrap();
        n += 200;
    }
    frontier.offer(&[seed("https://behind.kz/")], EPOCH).unwrap();
    frontier
}

#[test]
fn a_damaged_snapshot_costs_nothing_but_time() {
    let dir = tempfile::tempdir().unwrap();
    let counts = with_snapshots(dir.path()).counts().unwrap();
    let to = dir.path().join("copy");
    let mut random = Random::new(9);
    for case in 0..24 {
        copy(dir.path(), &to);
        let snapshots = files(&to, "snapshot-");
        for (n, path) in snapshots.iter().enumerate() {
            // The last one, or both, or all but their beginnings.
            if case % 3 == 0 && n == 0 {
                continue;
            }
            let mut bytes = fs::read(path).unwrap();
            if case % 3 == 2 {
                bytes.truncate(random.index(bytes.len()));
            } else {
                let at = 12 + random.index(bytes.len() - 12);
                bytes[at] ^= 0x10;
            }
            fs::write(path, bytes).unwrap();
        }
        assert_eq!(open(&to, EPOCH).counts().unwrap(), counts, "case {case}");
    }
    // What was cleaned away cannot be folded again: then damage is damage.
    copy(dir.path(), &to);
    for path in files(&to, "snapshot-") {
        fs::write(path, b"SILTSNAP\x03\0\0\0").unwrap();
    }
    fs::remove_file(&files(&to, "reel-")[0]).unwrap();
    let error = Frontier::open(&to, Settings::default(), EPOCH).err().unwrap();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}

#[test]
fn a_reader_keeps_up_over_snapshots_and_deleted_reels() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = crawl(dir.path());
    let early = Frontier::open_read_only(dir.path(), Settings::default()).unwrap().unwrap();
    let mut now = EPOCH;
    let mut later = None;
    writer.offer(&(0..600).map(|n| page(n % 5, n)).collect::<Vec<_>>(), now).unwrap();
    for round in 0..14u64 {
        now = model::time::later(now, Duration::from_hours(24 * 200));
        for lease in writer.lease(&LeaseRequest { revisits_due_by: now, ..request() }, now).unwrap() {
            let (back, settlements) = visit_all(lease, &Outcome::Fetched, now);
            writer.release(vec![back], now).unwrap();
            writer.settle(&settlements, position(round + 1), now).unwrap();
        }
        if round == 6 {
            later = Frontier::open_read_only(dir.path(), Settings::default()).unwrap();
        }
        if let Some(later) = &later {
            assert_eq!(later.counts().unwrap(), writer.counts().unwrap());
        }
    }
    assert!(
        files(dir.path(), "reel-")[0].file_name().unwrap() != "reel-000000000000",
        "something was deleted"
    );
    for reader in [&early, &later.unwrap()] {
        assert_eq!(reader.counts().unwrap(), writer.counts().unwrap());
        for number in (0..600).step_by(31) {
            let key = page(number % 5, number).url.key();
            assert_eq!(reader.url_status(key).unwrap(), writer.url_status(key).unwrap());
        }
        assert_eq!(reader.next_due(&request(), now).unwrap(), writer.next_due(&request(), now).unwrap());
    }
}

#[test]
fn takedown_of_a_host_leaves_nothing_of_it_in_reels_and_snapshots() {
    let dir = tempfile::tempdir().unwrap();
    drop(with_snapshots(dir.path()));
    let mut frontier = open(dir.path(), EPOCH);
    let host = "https://secret-host.kz";
    let offers: Vec<Offer> =
        (0..100).map(|n| link(&format!("{host}/very-{n}"), &format!("{host}/"))).collect();
    frontier.offer(&offers, EPOCH).unwrap();
    frontier.offer(&[link("https://b.kz/", &format!("{host}/very-1#x"))], EPOCH).unwrap();
    let one = LeaseRequest { sites_max: 1_000, visits_per_site_max: 10, ..request() };
    let leases = frontier.lease(&one, EPOCH).unwrap();
    let lease = leases.into_iter().find(|lease| lease.site == site("secret-host.kz")).unwrap();
    let (mut back, _) = visit_all(lease.clone(), &Outcome::Fetched, EPOCH);
    let origin = Origin::of(&url::Url::parse(host).unwrap());
    back.robots = vec![RobotsEntry { origin, copy: b"Sitemap: the-robots-copy".to_vec() }];
    frontier.release(vec![back], EPOCH).unwrap();
    let visited: Vec<_> =
        lease.visits.iter().map(|visit| settlement(visit, Outcome::Fetched, EPOCH)).collect();
    frontier.settle(&visited, position(1), EPOCH).unwrap();
    drop(frontier);
    let mut store = JournalStore::open(dir.path()).unwrap();
    let of = [MemoKey::Site(site("secret-host.kz"))];
    let mut batch = Batch::new(EPOCH);
    batch.memos = vec![Memo { of: of[0].clone(), bytes: b"the-memo-of-it".to_vec() }];
    store.apply(&batch).unwrap();
    let memos = |store: &JournalStore| store.read(&Wanted { memos: &of, ..Wanted::default() }).unwrap().memos;
    assert!(memos(&store)[0].is_some());
    drop(store);
    let holds = |text: &str| {
        let all = files(dir.path(), "reel").into_iter().chain(files(dir.path(), "snapshot"));
        all.filter(|path| fs::read(path).unwrap().windows(text.len()).any(|w| w == text.as_bytes())).count()
    };
    let texts = ["/very-", "the-robots-copy", "the-memo-of-it", "https://secret-host.kz"];
    assert!(texts.iter().all(|text| holds(text) > 0), "the test can see what it looks for");
    let mut frontier = open(dir.path(), EPOCH);
    let takedown = Takedown::Host("secret-host.kz".to_owned());
    assert_eq!(frontier.forget(&takedown, EPOCH).unwrap(), 100);
    for text in texts {
        assert_eq!(holds(text), 0, "{text}");
    }
    let counts = frontier.counts().unwrap();
    drop(frontier);
    let frontier = open(dir.path(), EPOCH);
    assert_eq!(frontier.counts().unwrap(), counts);
    assert!(frontier.robots(&site("secret-host.kz")).unwrap().is_empty());
    drop(frontier);
    assert_eq!(memos(&JournalStore::open(dir.path()).unwrap()), [None]);
}

#[test]
fn sites_are_listed_in_pages() {
    let dir = tempfile::tempdir().unwrap();
    let mut frontier = crawl(dir.path());
    let offers: Vec<Offer> = (0..250).map(|n| page((n * 37) % 250, n)).collect();
    frontier.offer(&offers, Timestamp::UNIX_EPOCH).unwrap();
    let (mut names, mut after): (Vec<Site>, Option<Site>) = (Vec::new(), None);
    loop {
        let listed = frontier.sites(after.as_ref(), 30).unwrap();
        after = listed.last().map(|site| site.site.clone()).or(after);
        if listed.is_empty() {
            break;
        }
        names.extend(listed.into_iter().map(|site| site.site));
    }
    assert_eq!(names.len(), 250);
    assert!(names.is_sorted());
}
