use std::time::Duration;

use super::{ByteSize, Span};

#[test]
fn spans_read_and_print() {
    for (text, millis, printed) in [
        ("5s", 5_000, "5s"),
        ("250ms", 250, "250ms"),
        ("1.5s", 1_500, "1500ms"),
        ("10m", 600_000, "10m"),
        ("1h30m", 5_400_000, "1h30m"),
        ("1h 30m", 5_400_000, "1h30m"),
        ("30 d", 2_592_000_000, "30d"),
        ("0s", 0, "0s"),
    ] {
        let span: Span = text.parse().unwrap();
        assert_eq!(span.0, Duration::from_millis(millis), "{text}");
        assert_eq!(span.to_string(), printed);
        assert_eq!(printed.parse::<Span>().unwrap(), span);
    }
    for bad in ["", "5", "s", "-5s", "5 parsecs", "1e400s", "99999999999999999999d"] {
        let message = bad.parse::<Span>().unwrap_err().to_string();
        assert!(message.contains("5s"), "{message}");
    }
}

#[test]
fn sizes_read_and_print() {
    for (text, bytes, printed) in [
        ("8 MiB", 8 << 20, "8 MiB"),
        ("8MiB", 8 << 20, "8 MiB"),
        ("500 kB", 500_000, "500000 B"),
        ("1.5 KiB", 1536, "1536 B"),
        ("0 B", 0, "0 B"),
    ] {
        let size: ByteSize = text.parse().unwrap();
        assert_eq!(size.0, bytes, "{text}");
        assert_eq!(size.to_string(), printed);
    }
    for bad in ["", "8", "MiB", "-1 MiB", "99999999999 TiB", "1 furlong"] {
        assert!(bad.parse::<ByteSize>().is_err(), "{bad}");
    }
}
