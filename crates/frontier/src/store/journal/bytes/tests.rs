use proptest::prelude::*;

use super::{Reader, Writer, crc};

#[test]
fn the_checksum_is_that_of_gzip() {
    assert_eq!(crc(0, b"123456789"), 0xCBF4_3926);
    assert_eq!(crc(crc(0, b"1234567"), b"89"), 0xCBF4_3926, "and can be continued");
    assert_eq!(crc(0, b""), 0);
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(number: u64, signed: i64, fixed: u64, text: String, bytes: Vec<u8>) {
        let mut out = Vec::new();
        out.number(number);
        out.signed(signed);
        out.fixed(fixed);
        out.text(&text);
        out.bytes(&bytes);
        let mut reader = Reader::new(&out);
        prop_assert_eq!(reader.number(), Ok(number));
        prop_assert_eq!(reader.signed(), Ok(signed));
        prop_assert_eq!(reader.fixed(), Ok(fixed));
        prop_assert_eq!(reader.text(), Ok(text.as_str()));
        prop_assert_eq!(reader.bytes(), Ok(bytes.as_slice()));
        prop_assert!(reader.is_empty());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let mut reader = Reader::new(&bytes);
        while !reader.is_empty() {
            let before = reader.left();
            if reader.bytes().is_err() || reader.number().is_err() {
                break;
            }
            prop_assert!(reader.left() < before);
        }
    }
}
