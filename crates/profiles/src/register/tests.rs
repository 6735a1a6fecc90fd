//! What a field takes, and what a register may not say.

use serde_json::{Value, json};

use super::{Field, Kind, Register, Type};
use crate::{Error, Settings};

fn field(kind: Type) -> Field {
    Field {
        of: Kind::Attribute,
        kind,
        purposes: [crate::Purpose::Service].into(),
        category: "account".to_owned(),
        recipients: [].into(),
        about: String::new(),
        one_of: vec!["a".to_owned(), "b".to_owned()],
        length_max: None,
        secret: false,
    }
}

#[test]
fn values_are_of_their_fields_type() {
    let long = "x".repeat(1_001);
    let cases: &[(Type, &[Value], &[Value])] = &[
        (Type::Text, &[json!("Әлия")], &[json!(""), json!(1), json!("a\u{7}b"), json!(long)]),
        (
            Type::Texts,
            &[json!([]), json!(["a", "b"])],
            &[json!("a"), json!([""]), json!([1]), json!(vec!["a"; 1_001])],
        ),
        (
            Type::Email,
            &[json!("a@example.kz")],
            &[json!("a"), json!("a@b"), json!("@b.kz"), json!("a@b@c.kz"), json!("a b@c.kz"), json!("a@.kz")],
        ),
        (
            Type::Phone,
            &[json!("+77015550199")],
            &[json!("87015550199"), json!("+12"), json!("+7 701 555 01 99")],
        ),
        (Type::Date, &[json!("1991-12-16")], &[json!("16.12.1991"), json!("1991-13-01")]),
        (Type::Url, &[json!("https://a.kz/x.png")], &[json!("javascript:1"), json!("x.png")]),
        (Type::Languages, &[json!(["kk", "ru"])], &[json!("kk"), json!(["klingon"])]),
        (Type::Choice, &[json!("a")], &[json!("c"), json!(["a"])]),
        (Type::Json, &[json!({ "v": [0.5, 1.0] })], &[json!("x".repeat(20_000))]),
    ];
    for (kind, good, wrong) in cases {
        for value in *good {
            assert!(field(*kind).check("f", value).is_ok(), "{kind:?} {value}");
        }
        for value in *wrong {
            let refused = field(*kind).check("f", value).unwrap_err();
            assert!(matches!(&refused, Error::Input(_)), "{kind:?} {value}");
            let said = refused.to_string();
            assert!(
                value.as_str().is_none_or(|text| text.len() < 3 || !said.contains(text)),
                "{said} repeats it"
            );
        }
    }
}

#[test]
fn a_field_is_found_by_kind_and_name() {
    let register = Register::load(None, &Settings::default()).unwrap();
    assert!(register.field(Kind::Event, "url").is_ok());
    for (kind, name, nearest) in [
        (Kind::Attribute, "e_mail", Some("email")),
        (Kind::Attribute, "langauges", Some("languages")),
        (Kind::Event, "dwel_ms", Some("dwell_ms")),
        (Kind::Attribute, "event.url", None),
        (Kind::Attribute, "zzzzzzzzzzzz", None),
    ] {
        let Err(Error::Undeclared { field, nearest: found }) = register.field(kind, name) else {
            panic!("{name}")
        };
        assert_eq!((field.as_str(), found.as_deref()), (name, nearest));
    }
}

#[test]
fn a_register_that_promises_nothing_is_refused() {
    let whole = include_str!("../../../../config/register.toml");
    let scratch = testkit::temp::Scratch::new();
    let load = |text: &str| Register::load(Some(&scratch.write("register.toml", text)), &Settings::default());
    assert!(load(whole).is_ok());
    for (from, to, said) in [
        (
            "purposes = [\"service\"], category = \"identity\"",
            "purposes = [], category = \"identity\"",
            "no purpose",
        ),
        ("category = \"identity\"", "category = \"forever\"", "forever"),
        ("keep = \"180d\"", "keep = \"2000d\"", "keep_max"),
        ("about = \"sex\"", "recipients = [\"nobody\"], about = \"sex\"", "nobody"),
        ("derived = { keep", "computed = { keep", "derived"),
        ("about = \"sex\"", "aboot = \"sex\"", "aboot"),
    ] {
        let refused = load(&whole.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
}
