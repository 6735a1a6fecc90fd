//! What one link is for: where it leads and what it says, before where it stands.
//!
//! Invariant: the first rule that applies decides; without one, the zone does.

use model::{LinkKind, ResourceKind};
use url::Url;

use super::media;

/// What is known of an anchor.
pub(super) struct Anchor<'a> {
    pub(super) url: &'a Url,
    /// The page it is on.
    pub(super) own: &'a Url,
    pub(super) text: &'a str,
    pub(super) rel: &'a [String],
    pub(super) zone: LinkKind,
    pub(super) resource: ResourceKind,
}

/// Hosts of social networks and messengers.
const NETWORKS: [&str; 21] = [
    "facebook.com",
    "fb.com",
    "twitter.com",
    "x.com",
    "t.me",
    "telegram.me",
    "vk.com",
    "vk.ru",
    "ok.ru",
    "instagram.com",
    "youtube.com",
    "linkedin.com",
    "pinterest.com",
    "wa.me",
    "whatsapp.com",
    "tiktok.com",
    "threads.net",
    "dzen.ru",
    "zen.yandex.ru",
    "bsky.app",
    "reddit.com",
];

/// Paths that share a page: network and the beginning of its path.
const SHARING: [(&str, &str); 15] = [
    ("facebook.com", "/sharer"),
    ("facebook.com", "/share.php"),
    ("facebook.com", "/dialog/"),
    ("twitter.com", "/intent"),
    ("twitter.com", "/share"),
    ("x.com", "/intent"),
    ("x.com", "/share"),
    ("t.me", "/share"),
    ("telegram.me", "/share"),
    ("vk.com", "/share.php"),
    ("linkedin.com", "/share"),
    ("pinterest.com", "/pin/create"),
    ("reddit.com", "/submit"),
    ("whatsapp.com", "/send"),
    ("connect.ok.ru", "/offer"),
];

/// Hosts that serve or count advertising.
const ADVERTISERS: [&str; 14] = [
    "doubleclick.net",
    "googleadservices.com",
    "googlesyndication.com",
    "adfox.ru",
    "an.yandex.ru",
    "adriver.ru",
    "taboola.com",
    "outbrain.com",
    "mgid.com",
    "adnxs.com",
    "criteo.com",
    "target.my.com",
    "ad.mail.ru",
    "marketgid.com",
];

/// Words of links to the neighbouring page of a series.
const NEIGHBOURS: [&str; 24] = [
    "next",
    "next page",
    "previous",
    "previous page",
    "prev",
    "older posts",
    "newer posts",
    "older",
    "newer",
    "load more",
    "show more",
    "следующая",
    "предыдущая",
    "следующая страница",
    "предыдущая страница",
    "далее",
    "назад",
    "вперед",
    "показать ещё",
    "показать еще",
    "келесі",
    "алдыңғы",
    "келесі бет",
    "алдыңғы бет",
];

/// What the link is for.
pub(super) fn kind(anchor: &Anchor<'_>) -> LinkKind {
    let has = |token: &str| anchor.rel.iter().any(|rel| rel == token);
    let host = anchor.url.host_str().unwrap_or_default();
    let is_elsewhere = anchor.url.host_str() != anchor.own.host_str();
    if anchor.resource == ResourceKind::Feed {
        return LinkKind::Feed;
    }
    if anchor.resource == ResourceKind::Sitemap {
        return LinkKind::Sitemap;
    }
    if has("next") || has("prev") {
        return LinkKind::Pagination;
    }
    if has("sponsored") || is_elsewhere && ADVERTISERS.iter().any(|known| is_of(host, known)) {
        return LinkKind::Advertisement;
    }
    if is_elsewhere && is_sharing(anchor.url, host) {
        return LinkKind::Social;
    }
    if media::is_media(anchor.url) {
        return LinkKind::Media;
    }
    // An account that a text speaks of is content; anywhere else it is the publisher's own.
    if is_elsewhere
        && !matches!(anchor.zone, LinkKind::Content | LinkKind::Comment)
        && NETWORKS.iter().any(|known| is_of(host, known))
    {
        return LinkKind::Social;
    }
    if !is_elsewhere && anchor.zone != LinkKind::Comment && is_numbered(anchor) {
        return LinkKind::Pagination;
    }
    if anchor.zone == LinkKind::Content && has("tag") {
        return LinkKind::Navigation;
    }
    anchor.zone
}

/// Whether a host is this one or below it.
fn is_of(host: &str, known: &str) -> bool {
    host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_sharing(url: &Url, host: &str) -> bool {
    let text_to_send = host == "wa.me" && url.query().is_some_and(|query| query.contains("text="));
    text_to_send || SHARING.iter().any(|(network, path)| is_of(host, network) && url.path().starts_with(path))
}

/// A number or a word for the neighbour, leading to a URL that numbers pages.
fn is_numbered(anchor: &Anchor<'_>) -> bool {
    let text = anchor.text.trim_matches(|c: char| c.is_whitespace() || "«»‹›<>←→[]|…".contains(c));
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_arrow = text.is_empty() && !anchor.text.is_empty();
    (is_number || is_arrow || is_neighbour(text)) && numbers_pages(anchor.url)
}

fn is_neighbour(text: &str) -> bool {
    text.len() <= 64 && NEIGHBOURS.contains(&text.to_lowercase().as_str())
}

/// Whether a URL names the page of a series: `?page=2`, `?PAGEN_1=2`, `/page/2`, `/p2`, `-2.html` does not count.
fn numbers_pages(url: &Url) -> bool {
    let is_number =
        |text: &str| !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_query = url.query_pairs().take(16).any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        is_number(&value)
            && (matches!(
                name.as_str(),
                "page" | "p" | "pg" | "paged" | "start" | "offset" | "from" | "pn" | "np"
            ) || name.starts_with("pagen_")
                || name.ends_with("page"))
    });
    let mut previous = "";
    let in_path = url.path().split('/').any(|segment| {
        let found = is_number(segment)
            && matches!(previous, "page" | "pages" | "p" | "pg" | "bet" | "stranica")
            || ["page", "page-", "p"].iter().any(|start| segment.strip_prefix(start).is_some_and(is_number));
        previous = segment;
        found
    });
    in_query || in_path
}
