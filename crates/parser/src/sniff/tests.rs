use super::*;

fn form(body: &[u8]) -> Form {
    sniff(body, None, ResourceKind::Page)
}

#[test]
fn a_long_blank_decides_nothing() {
    let blank = " ".repeat(2 * WINDOW);
    assert_eq!(form(blank.as_bytes()), Form::Empty);
    assert_eq!(form(format!("{blank}<p>x</p>").as_bytes()), Form::Html);
    assert_eq!(form(format!("{blank} x").as_bytes()), Form::Text);
    assert_eq!(form(&vec![0; 2 * WINDOW]), Form::Empty);
}

#[test]
fn bytes_decide_what_a_body_is() {
    let cases: &[(&[u8], Form)] = &[
        (b"", Form::Empty),
        (b" \n\t ", Form::Empty),
        (b"%PDF-1.4", Form::Binary("pdf")),
        (b"\x89PNG\r\n\x1a\n....", Form::Binary("image")),
        (b"\x1f\x8b\x08", Form::Gzip),
        (b"<!DOCTYPE html><p>x", Form::Html),
        (b"<p>hello", Form::Html),
        (b"<?xml version='1.0'?><rss version='2.0'>", Form::Feed),
        (b"\n\n  <?xml version='1.0'?>\n<!-- by x --><rss>", Form::Feed),
        (b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM \"f>\">]><rss>", Form::Feed),
        (b"Warning: x in <b>y.php</b><?xml version='1.0'?><feed>", Form::Feed),
        (b"<rdf:RDF xmlns=''>", Form::Feed),
        (b"<urlset>", Form::Sitemap),
        (b"<sm:sitemapindex>", Form::Sitemap),
        (b"<?xml version='1.0'?><note/>", Form::Xml),
        (
            b"<?xml version='1.0'?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"x\"><html>",
            Form::Html,
        ),
        (b"{\"version\":1}", Form::Json),
        (b"plain words", Form::Text),
        (b"\xff\xfe<\0r\0s\0s\0>\0", Form::Feed),
        (b"<\0u\0r\0l\0s\0e\0t\0>\0", Form::Sitemap),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07abc", Form::Binary("binary")),
    ];
    for (body, expected) in cases {
        assert_eq!(form(body), *expected, "{:?}", String::from_utf8_lossy(body));
    }
}

#[test]
fn declared_type_fills_the_gaps_only() {
    assert_eq!(sniff(b"a{color:red}", Some("text/css"), ResourceKind::Page), Form::Code);
    assert_eq!(sniff(b"<!doctype html>", Some("image/png"), ResourceKind::Page), Form::Html);
    assert_eq!(sniff(b"words", Some("image/png"), ResourceKind::Page), Form::Binary("media"));
    assert_eq!(sniff(b"a <b>c</b>", None, ResourceKind::Page), Form::Html);
    assert_eq!(sniff(b"a <b>c</b>", Some("text/plain"), ResourceKind::Page), Form::Text);
}
