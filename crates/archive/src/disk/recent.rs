//! Recently seen payloads, so that the same one is stored once.
//!
//! Invariant: holds at most as many as it was told to; forgetting one costs disk space, never correctness.

use std::collections::{HashMap, VecDeque};

use crate::format::digest::{self, Sum};
use crate::group::encode::Earlier;

/// Below this a revisit record saves nothing: its own head is about as long.
pub(crate) const PAYLOAD_BYTES_MIN: usize = 512;

/// Payloads by host and digest, oldest forgotten first.
#[derive(Debug)]
pub(crate) struct Recent {
    max: usize,
    seen: HashMap<Sum, Earlier>,
    order: VecDeque<Sum>,
}

impl Recent {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, seen: HashMap::new(), order: VecDeque::new() }
    }

    /// Names a payload on the host of `url`. Hosts are kept apart: a payload is shared only within one publisher's
    /// site, so that an erasure of one seldom touches another.
    pub(crate) fn key(url: &str, payload: &Sum) -> Sum {
        let after = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = after.split(['/', '?', '#']).next().unwrap_or_default();
        digest::sha1_of(payload, host.as_bytes())
    }

    pub(crate) fn get(&self, key: &Sum) -> Option<&Earlier> {
        self.seen.get(key)
    }

    pub(crate) fn insert(&mut self, key: Sum, earlier: Earlier) {
        if self.max == 0 {
            return;
        }
        while self.order.len() >= self.max {
            if let Some(oldest) = self.order.pop_front() {
                self.seen.remove(&oldest);
            }
        }
        if self.seen.insert(key, earlier).is_none() {
            self.order.push_back(key);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.seen.clear();
        self.order.clear();
    }
}
