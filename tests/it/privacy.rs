//! What a privacy engineer would try, against the built program: design/privacy.md, the numbered list.
//!
//! Retention over years goes by an injected clock and is tested in `crates/profiles`; roles and TLS in `crates/server`.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::Digest as _;
use testkit::kill::{Moment, moments};
use testkit::web::{Page, Web};

use crate::program::{Place, text};
use crate::serve::Server;

/// What only the canary is called, sends and does.
const CANARY: [&str; 8] = [
    "canary-person-x7q2",
    "canary.mail.x7q2@example.kz",
    "+77015550177",
    "Canary Given Name",
    "canaryterm",
    "canaryquery",
    "canary-event-x7q2",
    "203.0.113.77",
];

const PURPOSES: [&str; 5] = ["service", "notifications", "personalisation", "advertising", "research"];

fn place(web: &Web) -> Place {
    Place::at(
        web,
        "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n[server]\nrequests_per_second = 100000\n",
    )
}

fn web() -> Web {
    let page =
        |word: &str| Page::html(format!("<title>About {word}</title><p>A text that says {word} at length."));
    Web::builder()
        .page("http://a.test/", Page::linking("front", &["/one", "/two"]))
        .page("http://a.test/one", page("onething"))
        .page("http://a.test/two", page("twothings"))
        .start()
}

fn key(place: &Place, role: &str) -> String {
    text(&place.done(&["keys", "add", "--role", role, "--name", role, "--basis", "test"]), "key")
}

fn consent(purposes: &[&str]) -> Value {
    json!({ "policy": "2026-11-01", "language": "kk", "purposes": purposes })
}

/// A person stored over the command line, on paper.
fn person(place: &Place, id: &str) {
    let purposes = PURPOSES.join(",");
    place.done(&["person", "consent", id, "--policy", "2026-11-01", "--purposes", &purposes]);
    place.done(&["person", "correct", id, &format!("name={id}"), "terms=[\"canaryterm\"]"]);
}

/// Every form a text may stand in, named.
fn forms_of(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut forms = vec![
        ("as it is", text.as_bytes().to_vec()),
        ("lower case", text.to_lowercase().into_bytes()),
        ("UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hexadecimal", HEXLOWER.encode(text.as_bytes()).into_bytes()),
    ];
    for before in 0..3 {
        let shifted = [&vec![0; before][..], text.as_bytes()].concat();
        let digits = BASE64.encode(&shifted);
        let (first, last) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        forms.push(("base64", digits.as_bytes()[first..last].to_vec()));
    }
    for spelling in [text.to_owned(), text.to_lowercase()] {
        for digest in [sha2::Sha256::digest(&spelling).to_vec(), sha1::Sha1::digest(&spelling).to_vec()] {
            forms.push(("digest in hexadecimal", HEXLOWER.encode(&digest).into_bytes()));
            forms.push(("digest in base64", BASE64.encode(&digest).into_bytes()));
            // Half of it would do to recognise somebody.
            forms.push(("digest", digest[..16].to_vec()));
        }
    }
    forms.into_iter().map(|(name, bytes)| (format!("{text} ({name})"), bytes)).collect()
}

/// Where any of the texts stands in any form below a folder.
fn traces(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut needles: HashMap<[u8; 4], Vec<(String, Vec<u8>)>> = HashMap::new();
    for (name, bytes) in texts.iter().flat_map(|text| forms_of(text)) {
        needles.entry(bytes[..4].try_into().unwrap()).or_default().push((name, bytes));
    }
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for at in 0..bytes.len().saturating_sub(3) {
                for (name, needle) in needles.get(&bytes[at..at + 4]).into_iter().flatten() {
                    if bytes[at..].starts_with(needle) {
                        found.push(format!("{}: {name}", path.display()));
                    }
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A scan that finds nothing proves nothing.
#[test]
fn the_scan_finds_every_form() {
    let scratch = testkit::temp::Scratch::new();
    for (n, (_, bytes)) in forms_of(CANARY[3]).into_iter().enumerate() {
        scratch.write(format!("{n}"), [b"before", &bytes[..], b"behind"].concat());
    }
    let found = traces(scratch.path(), &CANARY);
    for file in scratch.files() {
        let path = format!("{}:", scratch.join(&file).display());
        assert!(found.iter().any(|trace| trace.starts_with(&path)), "{file} is not among {found:#?}");
    }
}

#[test]
fn a_canary_uses_everything_and_leaves_no_byte() {
    let web = web();
    let place = place(&web);
    place.done(&["crawl", "http://a.test/"]);
    let (support, recommender) = (key(&place, "support"), key(&place, "recommender"));
    let temp = place.scratch.join("tmp");
    std::fs::create_dir(&temp).unwrap();
    let start = || {
        let log = File::options().create(true).append(true).open(place.scratch.join("server.log")).unwrap();
        Server::start_with(&place, |command| {
            command.arg("-vv").env("TMPDIR", &temp).stderr(log);
        })
    };
    let server = start();
    let [id, email, phone, name, term, query, event, address] = CANARY;
    let ask = |key: &str, method: &str, path: &str, body: Value| -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, head, answer) = server.ask_as(key, method, path, &body);
        assert!((200..300).contains(&status), "{method} {path}: {head}\n{answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    };
    let forwarded = format!("/v1/search?q={query}");
    let asked = server.ask_as(
        &format!("{recommender}\r\nx-forwarded-for: {address}\r\nforwarded: for={address}"),
        "GET",
        &forwarded,
        "",
    );
    assert_eq!(asked.0, 200, "{}", asked.2);
    let attributes =
        json!({ "email": email, "phone": phone, "name": name, "terms": [term], "languages": ["en"] });
    ask(
        &support,
        "POST",
        "/v1/people",
        json!({ "id": id, "consent": consent(&PURPOSES), "attributes": attributes }),
    );
    ask(&support, "POST", "/v1/people/find", json!({ "email": email }));
    ask(&recommender, "PUT", &format!("/v1/people/{id}/consent"), consent(&PURPOSES));
    let link = "http://a.test/one";
    ask(
        &recommender,
        "POST",
        "/v1/events",
        json!({ "person": id, "events": [
        { "id": event, "kind": "click", "link": link },
        { "id": format!("{event}-2"), "kind": "dwell", "link": link, "milliseconds": 9_000 },
        { "id": format!("{event}-3"), "kind": "mute", "host": "muted.test" },
    ] }),
    );
    let wished = ask(&recommender, "POST", "/v1/recommendations", json!({ "person": id, "limit": 5 }));
    assert!(
        wished["results"].as_array().unwrap().iter().all(|one| one["url"] != link),
        "seen is not shown: {wished}"
    );
    ask(
        &support,
        "PATCH",
        &format!("/v1/people/{id}?case=2026-1"),
        json!({ "avatar": "https://example.kz/a.png" }),
    );
    let export =
        ask(&support, "GET", &format!("/v1/people/{id}/export?case=2026-2"), Value::Null).to_string();
    for held in [id, email, phone, name, term, event] {
        assert!(export.contains(held), "{held} is not in the export: {export}");
    }
    place.done(&["person", "backup", place.scratch.join("backup").to_str().unwrap()]);
    place.done(&["verify"]);
    let before = traces(place.scratch.path(), &CANARY);
    assert!(before.is_empty(), "in plain while the person is there: {before:#?}");

    // Erased while a reindex runs; then everything is killed.
    std::thread::scope(|scope| {
        scope.spawn(|| drop(place.program(&["reindex"]).kill_at(&Moment::After(Duration::from_millis(150)))));
        let ticket = place.done(&["person", "erase", id, "--case", "2026-3"]);
        assert!(ticket["receipt"].is_string(), "{ticket}");
    });
    for (key, method, path, body) in [
        (&recommender, "POST", "/v1/recommendations".to_owned(), json!({ "person": id }).to_string()),
        (&support, "GET", format!("/v1/people/{id}"), String::new()),
        (&support, "GET", format!("/v1/people/{id}/export"), String::new()),
    ] {
        assert_eq!(server.ask_as(key, method, &path, &body).0, 404, "{method} {path}");
    }
    drop(server);
    place.done(&["reindex"]);
    drop(start());
    let after = traces(place.scratch.path(), &CANARY);
    assert!(after.is_empty(), "{after:#?}");
    let unpacked = place.run(&[&["verify", "--forgotten"][..], &CANARY].concat());
    assert_eq!(unpacked.code, 0, "{}", unpacked.stdout);
    assert_eq!(place.run(&["verify", "--forgotten", "onething"]).code, 1, "what is there is found");
    let found = place.run(&["person", "find", id]);
    assert_eq!((found.code, &found.lines[0]["stored"]), (1, &json!(false)), "{}", found.stdout);
    assert_eq!(found.lines[0]["erased"][0]["proof"][0]["policy"], "2026-11-01");
    place.done(&["verify"]);
}

#[test]
fn an_erasure_killed_at_any_moment_is_whole_or_not_begun() {
    let place = Place::with("");
    let full = place.program(&["person", "policy"]).run().took;
    for (n, moment) in moments(11, 10, full / 4..full * 3 / 2).into_iter().enumerate() {
        let id = format!("canary-killed-{n}");
        person(&place, &id);
        let _ = place.program(&["person", "erase", &id]).kill_at(&moment);
        let shown = place.run(&["person", "show", &id]);
        match shown.code {
            0 => assert_eq!(shown.lines[0]["attributes"]["name"], id, "half erased"),
            code => assert_eq!(code, 1, "{}", shown.stderr),
        }
        let again = place.run(&["person", "erase", &id]);
        assert_eq!(again.code, i32::from(shown.code != 0), "{}", again.stderr);
        let left = traces(place.scratch.path(), &[&id, "canaryterm"]);
        assert!(left.is_empty(), "{left:#?}");
    }
    // What each start finds and finishes by itself.
    let _ = place.run(&["person", "housekeep"]);
    let verified = place.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
}

#[test]
fn of_yesterdays_backup_the_erased_stay_unreadable() {
    let place = Place::with("");
    person(&place, "canary-stays");
    person(&place, "canary-goes");
    let backup = place.scratch.join("backup");
    place.done(&["person", "backup", backup.to_str().unwrap()]);
    place.done(&["person", "erase", "canary-goes"]);
    let data = place.data().join("profiles");
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::rename(&backup, &data).unwrap();
    assert_eq!(place.run(&["person", "show", "canary-goes"]).code, 1);
    assert_eq!(place.done(&["person", "show", "canary-stays"])["attributes"]["name"], "canary-stays");
    // Whoever has the data without the keys has nothing, and is told so.
    std::fs::rename(place.scratch.join("run.keys"), place.scratch.join("elsewhere")).unwrap();
    let refused = place.run(&["person", "show", "canary-stays"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("keys"), "{}", refused.stderr);
}

#[test]
fn of_a_thousand_parallel_events_none_is_taken_after_a_withdrawal() {
    let web = web();
    let place = place(&web);
    place.done(&["crawl", "http://a.test/"]);
    let recommender = key(&place, "recommender");
    let server = Server::start(&place);
    let withdrawn = AtomicBool::new(false);
    let (taken, late, refused) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let consented =
        server.ask_as(&recommender, "PUT", "/v1/people/p/consent", &consent(&PURPOSES).to_string());
    assert_eq!(consented.0, 200, "{}", consented.2);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (server, recommender, withdrawn) = (&server, &recommender, &withdrawn);
            let (taken, late, refused) = (&taken, &late, &refused);
            scope.spawn(move || {
                for n in 0..125 {
                    let event = json!({ "id": format!("{thread}-{n}"), "kind": "click", "link": "http://a.test/one" });
                    let body = json!({ "person": "p", "events": [event] }).to_string();
                    let is_late = withdrawn.load(Ordering::SeqCst);
                    match server.ask_as(recommender, "POST", "/v1/events", &body).0 {
                        200 if is_late => late.fetch_add(1, Ordering::SeqCst),
                        200 => taken.fetch_add(1, Ordering::SeqCst),
                        403 | 404 => refused.fetch_add(1, Ordering::SeqCst),
                        other => panic!("status {other}"),
                    };
                }
            });
        }
        while taken.load(Ordering::SeqCst) < 50 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let answer = server.ask_as(&recommender, "DELETE", "/v1/people/p/consent", "");
        assert_eq!(answer.0, 200, "{}", answer.2);
        withdrawn.store(true, Ordering::SeqCst);
    });
    let (taken, late, refused) = (taken.into_inner(), late.into_inner(), refused.into_inner());
    assert_eq!((taken + refused, late), (1_000, 0), "{taken} taken, {refused} refused");
    assert!(refused > 0 && taken >= 50);
    assert_eq!(place.done(&["person", "housekeep"])["erased"], 1);
    assert_eq!(place.run(&["person", "show", "p"]).code, 1);
}

#[test]
fn an_altered_audit_line_is_found() {
    let place = Place::with("");
    person(&place, "canary-read");
    place.done(&["person", "show", "canary-read", "--by", "nosy"]);
    place.done(&["verify"]);
    let log = place.data().join("profiles/audit.ndjson");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("nosy") && !text.contains("canary-read"), "{text}");
    std::fs::write(&log, text.replace("nosy", "nobody")).unwrap();
    let found = place.run(&["verify"]);
    assert_eq!(found.code, 1);
    assert!(found.lines.iter().any(|line| line["kind"] == "audit"), "{}", found.stdout);
    let without: String =
        text.lines().filter(|line| !line.contains("nosy")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&log, without).unwrap();
    assert_eq!(place.run(&["verify"]).code, 1);
    std::fs::write(&log, text).unwrap();
    place.done(&["verify"]);
}

#[test]
fn what_is_wrong_is_refused_and_stores_nothing() {
    let place = Place::with("");
    let residency = "profiles.residency={country=\"KZ\",locations=[\"/nowhere\"]}";
    for (arguments, code, says) in [
        (&["person", "consent", "p", "--policy", "2019-01-01", "--purposes", "service"][..], 2, "no policy"),
        (&["person", "consent", "p", "--policy", "2026-11-01", "--purposes", "research"][..], 2, "service"),
        (
            &["person", "consent", "a b", "--policy", "2026-11-01", "--purposes", "service"][..],
            2,
            "person id",
        ),
        (&["person", "correct", "p", "name=A"][..], 1, ""),
        (&["person", "disclose", "p", "--authority", "court", "--what", "name"][..], 2, "basis"),
        (&["person", "audit", "--as", "support"][..], 2, "may not"),
        (&["person", "find", "--email", "x@example.kz", "--set", residency][..], 2, "declared locations"),
        (&["person", "find", "p", "--set", "profiles.keys=run/keys"][..], 2, "backup"),
        (&["person", "find", "p", "--set", "profiles.retention={history=\"2000d\"}"][..], 2, "keep_max"),
    ] {
        let said = place.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains(says), "{arguments:?}: {}", said.stderr);
    }
    assert_eq!(place.run(&["person", "find", "p"]).lines[0]["stored"], false);
    let register = place.run(&["person", "register"]).lines;
    assert!(
        register.iter().any(|line| line["field"] == "derived.vector" && line["keep"] == "90d"),
        "{register:?}"
    );
}

#[test]
fn every_test_named_among_the_promises_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut code = String::new();
    let mut folders = vec![root.join("crates/profiles/src"), root.join("tests/it")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                code.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let text = std::fs::read_to_string(root.join("docs/privacy.md")).unwrap();
    let mut named = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let Some(proven) = row.split('|').nth(4) else { continue };
        for name in proven.split('`').skip(1).step_by(2) {
            assert!(code.contains(&format!("fn {name}(")), "{name} is no test");
            named += 1;
        }
    }
    assert!(named > 30, "{named}");
}

/// The same as above by a script that operators can run on their own machine.
#[test]
fn the_script_for_operators_finds_no_trace() {
    let has = |tool: &str| std::process::Command::new(tool).arg("--version").output().is_ok();
    if let Some(missing) = ["bash", "curl", "jq", "iconv"].into_iter().find(|tool| !has(tool)) {
        println!("skipped: no {missing} here");
        return;
    }
    let scratch = testkit::temp::Scratch::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/privacy/canary.sh");
    let ended = testkit::kill::Program::new(script)
        .args([scratch.path()])
        .env("SILTEME", env!("CARGO_BIN_EXE_silteme"))
        .run()
        .expect_done();
    assert!(ended.stdout.contains("no trace"), "{}{}", ended.stdout, ended.stderr);
}
