//! What is understood of a log, and what is said of the rest.

use super::*;

#[test]
fn lines_of_every_kind_are_read_and_bad_ones_named() {
    let text = r#"{"url":"https://a.test/1","title":"One","text":"Words","language":"en","published":"2026-01-01T10:00:00Z","story":"s"}

{"at":"2026-01-01T11:00:00Z","click":"https://a.test/1"}
{"at":"2026-01-01T12:00:00Z","history":["https://a.test/1"],"clicked":["https://a.test/2"],"candidates":["https://a.test/1",{"url":"https://a.test/2","title":"Two","published":"2026-01-01T09:00:00Z","clicks_before":7}]}
not json
{"url":"nonsense","title":"x","published":"2026-01-01T09:00:00Z"}
{"at":"2026-01-01T12:00:00Z","clicked":[]}
{"at":"yesterday","clicked":["https://a.test/2"]}
{"colour":"red"}"#;
    let log = Log::read(text.as_bytes()).unwrap();
    assert_eq!((log.documents(), log.clicks.len(), log.predictions()), (2, 1, 1));
    let titles: Vec<&str> = log.documents.iter().map(|known| known.document.title.as_str()).collect();
    assert_eq!(titles, ["Two", "One"], "by time");
    let prediction = &log.predictions[0];
    assert_eq!((prediction.candidates.len(), prediction.clicks_before[0].1), (2, 7));
    let lines: Vec<usize> = log.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 9], "{:?}", log.faults);
    assert!(log.faults[0].why.contains("JSON") && log.faults[2].why.contains("nothing to predict"));
}
