//! What is asked: every kind of lookup, in the shares of [`SHARES`].

use std::fmt::Write as _;

use anyhow::Context as _;
use serde_json::json;
use testkit::random::Random;

use crate::load::client::{Client, request};
use crate::load::world::{WORDS, World};

/// A request, and what is known of its answer.
pub(super) struct Question {
    pub(super) route: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Whether it had an answer with links before the load.
    pub(super) has_answer: bool,
}

/// Distinct questions of each route: asked at random, so also its share of the load.
const SHARES: [(&str, usize); 10] = [
    ("search kk", 60),
    ("search ru", 60),
    ("search en", 60),
    ("link", 40),
    ("similar", 40),
    ("recommendations, 50 liked", 40),
    ("recommendations, no history", 40),
    ("changes", 20),
    ("page of results", 20),
    ("privacy policy", 3),
];

/// Every route, as the table names it.
pub(super) const ROUTES: [&str; 10] = {
    let mut routes = [""; 10];
    let mut n = 0;
    while n < routes.len() {
        routes[n] = SHARES[n].0;
        n += 1;
    }
    routes
};

/// Links that a history is drawn from.
const LIKED: usize = 50;

/// All questions.
pub(super) fn questions(world: &World, address: &str, seed: u64) -> anyhow::Result<Vec<Question>> {
    let mut client = Client::connect(address)?;
    let mut random = Random::named(seed, "questions");
    let mut all = Vec::new();
    let mut cursor = String::new();
    for (route, share) in SHARES {
        for number in 0..share {
            let bytes = match route {
                "link" | "similar" => {
                    let url = &world.urls[random.index(world.urls.len())];
                    let found = client.ask(&request("GET", &format!("/v1/links?url={url}"), ""))?.json()?;
                    let id = found["id"].as_str().with_context(|| format!("{url} is not in the index"))?;
                    let similar = if route == "similar" { "/similar" } else { "" };
                    request("GET", &format!("/v1/links/{id}{similar}"), "")
                }
                "recommendations, 50 liked" => {
                    let likes: Vec<&String> =
                        (0..LIKED).map(|_| &world.urls[random.index(world.urls.len())]).collect();
                    request(
                        "POST",
                        "/v1/recommendations",
                        &json!({ "likes": likes, "seed": number }).to_string(),
                    )
                }
                "recommendations, no history" => {
                    let (language, words) = &WORDS[number % WORDS.len()];
                    let body =
                        json!({ "terms": [random.pick(words)], "languages": [language], "seed": number });
                    request("POST", "/v1/recommendations", &body.to_string())
                }
                "changes" => {
                    let bytes = request("GET", &format!("/v1/changes?cursor={cursor}"), "");
                    let stretch = client.ask(&bytes)?;
                    stretch.last_line()?["next"].as_str().context("no cursor")?.clone_into(&mut cursor);
                    bytes
                }
                "page of results" => {
                    request("GET", &format!("/?lang=ru&q={}", query(number, &mut random)?), "")
                }
                "privacy policy" => {
                    request("GET", &format!("/privacy?lang={}", WORDS[number % WORDS.len()].0), "")
                }
                _ => {
                    let language = SHARES.iter().position(|(name, _)| *name == route).unwrap_or_default();
                    request("GET", &format!("/v1/search?q={}", query(language, &mut random)?), "")
                }
            };
            all.push(Question { route, bytes, has_answer: false });
        }
    }
    Ok(all)
}

/// One to three words of a language, encoded for a URL.
fn query(language: usize, random: &mut Random) -> anyhow::Result<String> {
    let (_, words) = &WORDS[language % WORDS.len()];
    let mut query = String::new();
    for place in 0..=random.below(3) {
        query += if place == 0 { "" } else { "+" };
        for byte in random.pick(words).bytes() {
            write!(query, "%{byte:02x}")?;
        }
    }
    Ok(query)
}
