//! Any bytes into `parser::study::foreign` as target `charset`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assert!(parser::study::foreign::run("charset", bytes));
});
