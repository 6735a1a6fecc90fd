use super::Maze;

#[test]
fn every_article_can_be_reached_through_the_sections() {
    let maze = Maze::new(1, 300);
    let mut found: Vec<String> = Vec::new();
    let mut queue = vec![maze.seed()];
    let mut seen = std::collections::HashSet::new();
    while let Some(url) = queue.pop() {
        if !maze.is_real(&url) || !seen.insert(url.clone()) {
            continue;
        }
        let page = maze.page(&url);
        if page.article.is_some() {
            found.push(url.clone());
            continue;
        }
        let base = url::Url::parse(&url).unwrap();
        queue.extend(page.links.iter().map(|link| base.join(link).unwrap().to_string()));
    }
    found.sort();
    let mut all = maze.article_urls();
    all.sort();
    assert_eq!(found, all);
}

#[test]
fn traps_are_not_real_and_lead_on() {
    let maze = Maze::new(1, 100);
    for url in [
        "http://maze.test/calendar/2031/12",
        "http://maze.test/catalog?color=1&size=2",
        "http://maze.test/section0?page=99",
        "http://maze.test/nowhere/1",
        "http://w7.maze.test/",
        "http://www.maze.test/",
    ] {
        assert!(!maze.is_real(url), "{url}");
        assert!(!maze.page(url).links.is_empty(), "{url}");
    }
    let article = &maze.article_urls()[5];
    assert_eq!(maze.page(&format!("{article}?print=1")).canonical.as_ref(), Some(article));
    assert_eq!(maze.page(&article.replace("maze", "www.maze")), maze.page(article));
}
