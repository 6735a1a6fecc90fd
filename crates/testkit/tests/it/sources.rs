//! Webs from a seed, a folder, the shared data; the configuration that leads to them; the program that serves them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use testkit::temp::Scratch;
use testkit::web::{SiteGraph, Web};

use crate::client::{ask, ask_with};

#[test]
fn a_generated_web_is_served_by_host() {
    let graph = SiteGraph::new(3, 2, 5);
    let web = Web::builder().graph(graph.clone()).start();
    for url in graph.urls() {
        let url = url::Url::parse(&url).unwrap();
        let answer = ask(&web, url.host_str().unwrap(), url.path());
        assert_eq!(answer.status(), 200, "{url}");
        let etag = format!("If-None-Match: {}\r\n", answer.header("etag").unwrap());
        assert_eq!(ask_with(&web, url.host_str().unwrap(), url.path(), &etag).status(), 304);
    }
    assert!(
        ask(&web, "site0001.test", "/robots.txt")
            .text()
            .contains("Sitemap: http://site0001.test/sitemap.xml")
    );
}

#[test]
fn a_folder_is_served_as_its_manifest_says() {
    let scratch = Scratch::new();
    scratch.write("a.html", "<p>сәлем");
    scratch.write("b/c.html", b"\xEF\xF0\xE8\xE2\xE5\xF2");
    scratch.write(
        "manifest.tsv",
        "url\tnote\tfile\tcontent_type\tstatus\theaders\n\
         http://a.test/\tx\ta.html\t\t\t\n\
         http://a.test/b\t\tb/c.html\ttext/html; charset=windows-1251\t410\tX-A: 1 | X-B: 2\n\
         http://a.test/с\t\tb/c.html\n",
    );
    let web = Web::from_folder(scratch.path()).unwrap();
    let first = ask(&web, "a.test", "/");
    assert_eq!(
        (first.header("content-type"), first.text().as_str()),
        (Some("text/html; charset=utf-8"), "<p>сәлем")
    );
    let etag = format!("If-None-Match: {}\r\n", first.header("etag").unwrap());
    assert_eq!(ask_with(&web, "a.test", "/", &etag).status(), 304);
    let second = ask(&web, "a.test", "/b");
    assert_eq!((second.status(), second.header("x-b")), (410, Some("2")));
    assert_eq!(
        ask(&web, "a.test", "/%D1%81").header("content-type"),
        Some("text/html"),
        "a path beyond ASCII"
    );
}

#[test]
fn a_bad_manifest_is_refused_with_its_line() {
    let scratch = Scratch::new();
    for (line, reason) in [
        ("http://a.test/\t../secret", "not a path inside"),
        ("http://a.test/\tnone.html", "cannot read"),
        ("/relative\tx", "not an absolute URL"),
        ("http://a.test/", "no file"),
    ] {
        scratch.write("manifest.tsv", format!("url\tfile\n{line}\n"));
        let error = Web::from_folder(scratch.path()).err().unwrap().to_string();
        assert!(error.contains("manifest.tsv line 2") && error.contains(reason), "{error}");
    }
}

#[test]
fn the_real_pages_are_served_under_their_own_urls() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.join("pages/manifest.tsv").is_file() {
        eprintln!("skipped: ../shared/data/pages is not there");
        return;
    }
    let web = Web::real_pages(&data, true).unwrap();
    let manifest = std::fs::read_to_string(data.join("pages/manifest.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = manifest.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let http: Vec<_> = rows.iter().filter(|row| row[0].starts_with("http://")).collect();
    assert!(http.len() > 50);
    for row in &http {
        let url = url::Url::parse(row[0]).unwrap();
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let answer = ask(&web, url.host_str().unwrap(), target);
        assert_eq!((answer.status(), answer.body.len().to_string().as_str()), (200, row[4]), "{url}");
    }
    let hosts = rows.iter().filter_map(|row| url::Url::parse(row[0]).ok()?.host_str().map(str::to_owned));
    let hosts: std::collections::BTreeSet<String> = hosts.collect();
    let with_robots = hosts.iter().filter(|host| ask(&web, host, "/robots.txt").status() == 200).count();
    assert!(with_robots > 20, "{with_robots} of {} hosts have a real robots.txt", hosts.len());
}

#[test]
fn the_configuration_leads_every_name_to_the_web() {
    let other = "127.0.0.2".parse().unwrap();
    let web = Web::builder().machine(other, &["b.test", "*.c.test"]).start();
    let config: toml::Table = web.resolve_toml().parse().unwrap();
    let network = config["network"].as_table().unwrap();
    let port = web.addr().port();
    let pin = |name: &str| network["resolve"].as_table().unwrap()[name].as_str().unwrap().to_owned();
    assert_eq!(pin("*"), format!("127.0.0.1:{port}"));
    assert_eq!(pin("*.c.test"), format!("127.0.0.2:{port}"));
    let pem = std::fs::read_to_string(network["ca"].as_str().unwrap()).unwrap();
    assert_eq!(pem, web.ca_pem());
    let mut there = std::net::TcpStream::connect((other, port)).unwrap();
    write!(there, "GET / HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n").unwrap();
    there.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(web.log().all()[0].address, other);
}

#[test]
fn the_program_serves_writes_its_files_and_stops() {
    let scratch = Scratch::new();
    let mut program = Command::new(env!("CARGO_BIN_EXE_testweb"))
        .args(["--generate", "2,3,7", "--for", "60s", "--config-out"])
        .arg(scratch.join("web.toml"))
        .arg("--seeds-out")
        .arg(scratch.join("seeds.txt"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.trim().parse().unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: site0001.test\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
    let config: toml::Table = String::from_utf8(scratch.read("web.toml")).unwrap().parse().unwrap();
    assert!(config["network"]["ca"].as_str().unwrap().ends_with("web.ca.pem"));
    assert_eq!(scratch.read("seeds.txt"), b"http://site0000.test/\nhttp://site0001.test/\n");
    assert_eq!(scratch.files(), ["seeds.txt", "web.ca.pem", "web.toml"]);
}

#[test]
fn the_program_refuses_what_it_does_not_know() {
    for (arguments, reason) in [
        (["--generate", "2,0,1"], "not HOSTS,PAGES,SEED"),
        (["--listen", "0.0.0.0:80"], "only 127.0.0.1"),
        (["--surprise", "x"], "unknown argument --surprise"),
        (["--pages", "/nowhere"], "cannot read"),
    ] {
        let ended =
            testkit::kill::Program::new(env!("CARGO_BIN_EXE_testweb")).args(arguments).run().expect_code(2);
        assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    }
}
