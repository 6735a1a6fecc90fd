//! Links like a link: in other languages, without copies, never the seed.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

use indexer::{Filter, Index, IndexWriter, LinkSource, MemoryIndex, Seed, Settings, Similar};
use model::{Document, Language, Position};
use testkit::conformance::indexer::{document, now};

/// Three events in three languages.
fn reports() -> Vec<Document> {
    let texts = [
        (
            "kk",
            "flood",
            "Ақтөбеде су тасқынынан 120 адам көшірілді",
            "Құтқарушылар су басқан үйлерден тұрғындарды мектепке көшірді.",
        ),
        (
            "ru",
            "flood",
            "В Актобе из-за паводка эвакуировали 120 человек",
            "Спасатели вывезли жителей затопленных домов в школу.",
        ),
        (
            "en",
            "flood",
            "Floods in Aktobe: 120 people evacuated",
            "Rescuers moved residents of flooded houses to a school.",
        ),
        (
            "kk",
            "match",
            "Қайрат Қарабақты жеңді",
            "Алматының футбол командасы чемпиондар лигасында екі гол соқты.",
        ),
        (
            "ru",
            "match",
            "«Кайрат» победил «Карабах»",
            "Футбольная команда из Алматы забила два гола в лиге чемпионов.",
        ),
        (
            "en",
            "match",
            "Kairat beat Qarabag",
            "The football team from Almaty scored two goals in the champions league.",
        ),
        (
            "kk",
            "bank",
            "Ұлттық банк базалық мөлшерлемені өзгертті",
            "Қаржы нарығында доллар бағасы 520 теңгеге жетті.",
        ),
        (
            "ru",
            "bank",
            "Национальный банк изменил базовую ставку",
            "На финансовом рынке цена доллара достигла 520 тенге.",
        ),
        (
            "en",
            "bank",
            "National bank changes its base rate",
            "On the financial market the price of the dollar reached 520 tenge.",
        ),
    ];
    let of = |(language, event, title, text): &(&str, &str, &str, &str)| {
        document(&format!("https://{language}.test/{event}"), language, title, text)
    };
    texts.iter().map(of).collect()
}

fn filled(writer: &mut impl IndexWriter, documents: &[Document]) {
    writer.put(documents).expect("put");
    writer.commit(Position::default(), now()).expect("commit");
}

fn embedded(documents: &[Document]) -> (Index, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path(), Settings::default()).expect("open");
    filled(&mut index.writer().expect("writer"), documents);
    (index, folder)
}

fn check_languages(source: &impl LinkSource, documents: &[Document]) {
    for seed in documents {
        for language in ["kk", "ru", "en"].map(Language::new) {
            if language == seed.language {
                continue;
            }
            let filter = Filter { languages: vec![language], ..Filter::default() };
            let similar =
                Similar { filter, cross_language: true, ..Similar::new(Seed::Link(seed.key), 10, now()) };
            let hits = source.similar(&similar).expect("similar");
            let event = |url: &str| url.rsplit('/').next().map(str::to_owned);
            assert_eq!(
                hits.first().and_then(|hit| event(&hit.document.url)),
                event(&seed.url),
                "from {}: {:?}",
                seed.url,
                hits.iter().map(|hit| &hit.document.url).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn an_event_is_found_in_other_languages() {
    let documents = reports();
    let mut memory = MemoryIndex::new(Settings::default());
    filled(&mut memory, &documents);
    check_languages(&memory, &documents);
    check_languages(&embedded(&documents).0, &documents);
}

#[test]
fn a_seed_has_no_copies_of_itself_if_they_are_not_wanted() {
    let text = "Rescuers moved the residents of forty flooded houses to a school after three days of heavy rain in Aktobe, \
                said the mayor, and the river Ilek still rises while the army brings sand and pumps from the capital.";
    let mut documents = reports();
    documents.push(document("https://first.test/1", "en", "Floods in Aktobe", text));
    documents.push(document(
        "https://second.test/1",
        "en",
        "Aktobe under water",
        &format!("{text} Read more."),
    ));
    let (index, _folder) = embedded(&documents);
    let seed = Seed::Link(documents[9].key);
    let urls = |without_copies| {
        let similar = Similar { without_copies, ..Similar::new(seed.clone(), 10, now()) };
        let hits = index.similar(&similar).expect("similar");
        hits.into_iter().map(|hit| hit.document.url).collect::<Vec<_>>()
    };
    assert_eq!(urls(false).first().map(String::as_str), Some("https://second.test/1"));
    assert!(!urls(true).contains(&"https://second.test/1".to_owned()));
    assert!(urls(true).contains(&"https://en.test/flood".to_owned()));
    assert!(!urls(false).contains(&"https://first.test/1".to_owned()));
}

#[test]
fn stories_survive_a_restart_and_a_second_put() {
    let documents = reports();
    let (index, _folder) = embedded(&documents[..2]);
    let groups = |index: &Index| {
        let keys: Vec<_> = documents.iter().map(|document| document.key).collect();
        let hits = index.get(&keys, now()).expect("get");
        hits.into_iter().map(|hit| hit.map(|hit| (hit.story, hit.copy))).collect::<Vec<_>>()
    };
    let before = groups(&index);
    let mut changed = documents.clone();
    changed[0].text.push_str(" Су деңгейі көтерілуде.");
    filled(&mut index.writer().expect("writer"), &changed);
    let after = groups(&index);
    assert_eq!(before[..2], after[..2]);
    assert!(after.iter().all(|groups| groups.is_some_and(|(story, copy)| story.is_some() && copy.is_some())));
    assert_eq!(after[0].map(|groups| groups.0), after[1].map(|groups| groups.0));
}
