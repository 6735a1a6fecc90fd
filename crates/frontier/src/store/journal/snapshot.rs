//! The state in a file, so that opening does not begin at the beginning.
//!
//! `snapshot-PLACE` is the fold of everything before PLACE in the journal: header, table in pages, the rest, and at the end
//! where both stand. Written beside, synced, renamed; the one before is kept until the next.
//!
//! Invariant: a snapshot is believed whole or not at all; one that is damaged costs time, not data, as long as the journal
//! behind the one before it is there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use model::Position;

use super::bytes::{Flaw, Reader, Writer, crc};
use super::known::Known;
use super::log::{VERSION, check_magic, sync_dir};
use super::pages::{Pages, write_pages};
use super::record::{Loan, read_rule, write_rule};
use super::site::SiteState;
use super::state::{Job, ReelUse, State};
use super::table::Mark;
use crate::error::Error;
use crate::port::number_of;

const MAGIC: &[u8; 8] = b"SILTSNAP";
const HEADER: u64 = 12;
/// Place, length and checksum of the rest, checksum of these three.
const FOOTER: u64 = 24;

/// The places of all snapshots in a directory, the latest first.
pub(super) fn places(dir: &Path) -> io::Result<Vec<u64>> {
    let mut places = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let place = name.to_str().and_then(|name| name.strip_prefix("snapshot-"));
        places.extend(place.and_then(|place| u64::from_str_radix(place, 16).ok()));
    }
    places.sort_unstable_by(|a, b| b.cmp(a));
    Ok(places)
}

pub(super) fn path(dir: &Path, place: u64) -> PathBuf {
    dir.join(format!("snapshot-{place:012x}"))
}

/// Writes the state as of a place, durably. Returns the bytes written.
pub(super) fn write(dir: &Path, place: u64, state: &State) -> io::Result<u64> {
    let Known::Whole(table) = &state.known else { return Ok(0) };
    let next = dir.join("snapshot.tmp");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&next)?);
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let directory = write_pages(table, &mut out, HEADER)?;
    let pages_len: u64 = table.shards().iter().map(|shard| shard.slots().len() as u64).sum();
    let mut rest = Vec::with_capacity(state.sites.len() * 400 + 8192);
    rest.bytes(&directory);
    write_rest(state, &mut rest);
    out.write_all(&rest)?;
    let mut footer = Vec::with_capacity(32);
    footer.fixed(rest.len() as u64);
    footer.fixed(u64::from(crc(0, &rest)));
    footer.fixed(u64::from(crc(0, &footer)));
    out.write_all(&footer)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&next, path(dir, place))?;
    sync_dir(dir)?;
    Ok(HEADER + pages_len + rest.len() as u64 + FOOTER)
}

/// Reads a snapshot. With `whole` the table is loaded, else only found.
pub(super) fn read(dir: &Path, place: u64, whole: bool) -> Result<State, Error> {
    let path = path(dir, place);
    let file = File::open(&path).map_err(|e| Error::opening(&path, e))?;
    let len = file.metadata().map_err(|e| Error::opening(&path, e))?.len();
    let damaged = |flaw: Flaw| Error::damaged(&path, len.saturating_sub(FOOTER), flaw);
    let read = |at: u64, len: usize| {
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, at).map_err(|e| Error::opening(&path, e))?;
        Ok::<_, Error>(bytes)
    };
    if len < HEADER + FOOTER {
        return Err(damaged("it is shorter than it should be"));
    }
    check_magic(&read(0, 12)?, *MAGIC, &path)?;
    let footer = read(len - FOOTER, 24)?;
    let mut reader = Reader::new(&footer);
    let mut numbers = || Ok((reader.fixed()?, reader.fixed()?, reader.fixed()?));
    let (rest_len, sum, footer_sum) = numbers().map_err(damaged)?;
    if u64::from(crc(0, &footer[..16])) != footer_sum || rest_len > len - HEADER - FOOTER {
        return Err(damaged("its end is damaged"));
    }
    let rest = read(len - FOOTER - rest_len, usize::try_from(rest_len).unwrap_or_default())?;
    if u64::from(crc(0, &rest)) != sum {
        return Err(damaged("its checksum does not hold"));
    }
    let mut reader = Reader::new(&rest);
    let directory = reader.bytes().map_err(damaged)?;
    let mut state = read_rest(&mut reader).map_err(damaged)?;
    let pages = Pages::open(file, path.clone(), directory)?;
    state.known = if whole {
        Known::Whole(pages.load()?)
    } else {
        Known::Beside { pages, changed: crate::keyed::KeyMap::default() }
    };
    Ok(state)
}

fn write_rest(state: &State, out: &mut Vec<u8>) {
    out.number(state.jobs.len() as u64);
    for job in &state.jobs {
        out.text(&job.name);
        out.text(job.rules.as_deref().unwrap_or_default());
        out.number(job.pages);
    }
    out.number(state.takedowns.len() as u64);
    state.takedowns.iter().for_each(|rule| write_rule(out, rule));
    out.push(u8::from(state.erasing.is_some()));
    state.erasing.iter().for_each(|rule| write_rule(out, rule));
    out.number(state.outcomes.len() as u64);
    for (word, visits) in &state.outcomes {
        out.text(word);
        out.number(*visits);
    }
    out.number(state.memos.len() as u64);
    for (of, place) in &state.memos {
        out.text(of);
        out.number(*place);
    }
    for number in [
        u64::from(state.checkpoint.segment),
        state.checkpoint.offset,
        state.fence,
        state.discovered,
        state.horizon,
        state.sites_lent,
    ] {
        out.number(number);
    }
    state.tally.iter().chain(&state.lent).for_each(|count| out.number(*count));
    out.number(state.loans.len() as u64);
    for loan in state.loans.values() {
        out.number(number_of(loan.key));
        loan.write(out);
    }
    out.number(state.reels.len() as u64);
    for (base, reel) in &state.reels {
        for number in [*base, reel.records, reel.live, reel.cleaned.unwrap_or_default()] {
            out.number(number);
        }
    }
    out.number(state.sites.len() as u64);
    for (number, site) in state.sites.iter() {
        out.number(number);
        site.write(out);
    }
}

fn read_rest(reader: &mut Reader<'_>) -> Result<State, Flaw> {
    let mut state = State::default();
    for _ in 0..reader.count()? {
        let (name, rules, pages) = (reader.text()?.to_owned(), reader.text()?, reader.number()?);
        state.add_job(Job { name, rules: Some(rules.to_owned()).filter(|rules| !rules.is_empty()), pages });
    }
    for _ in 0..reader.count()? {
        state.takedowns.insert(read_rule(reader)?);
    }
    if reader.byte()? > 0 {
        state.erasing = Some(read_rule(reader)?);
    }
    for _ in 0..reader.count()? {
        state.outcomes.insert(reader.text()?.to_owned(), reader.number()?);
    }
    for _ in 0..reader.count()? {
        state.memos.insert(reader.text()?.into(), reader.number()?);
    }
    state.checkpoint = Position { segment: reader.narrow()?, offset: reader.number()? };
    state.fence = reader.number()?;
    state.discovered = reader.number()?;
    state.horizon = reader.number()?;
    state.sites_lent = reader.number()?;
    for count in state.tally.iter_mut().chain(&mut state.lent) {
        *count = reader.number()?;
    }
    for _ in 0..reader.count()? {
        let site = reader.number()?;
        let loan = Loan::read(reader, site)?;
        state.loans.insert(Mark::of(loan.key), loan);
    }
    for _ in 0..reader.count()? {
        let (base, records, live) = (reader.number()?, reader.number()?, reader.number()?);
        let cleaned = Some(reader.number()?).filter(|place| *place > 0);
        state.reels.insert(base, ReelUse { records, live, cleaned });
    }
    for _ in 0..reader.count()? {
        let site = reader.number()?;
        state.sites.add(site, SiteState::read(reader)?);
        state.touch(site);
    }
    if !reader.is_empty() {
        return Err("it is longer than it should be");
    }
    state.retime();
    Ok(state)
}
