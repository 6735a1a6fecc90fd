//! What class, id, role and microdata names suggest about an element.
//!
//! Names are split into words (`postBody`, `post-body`, `post_body` are the same), and each word is looked up once.
//! Besides English, Russian and Kazakh words in Latin transliteration occur (`novost`, `statya`, `tekst`,
//! `zhanalyk`, `maqala`).
//!
//! Invariant: reads at most [`NAME_BYTES_MAX`] bytes of a name, so huge attributes cost nothing.

use std::ops::{BitOr, BitOrAssign};

use scraper::node::Element;

/// Longest name that is read.
const NAME_BYTES_MAX: usize = 256;

/// A set of suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cues(pub(crate) u32);

impl Cues {
    /// No suggestion.
    pub(crate) const NONE: Self = Self(0);
    /// Article, post, story, content, text.
    pub(crate) const CONTENT: Self = Self(1);
    /// The body of an article: `articleBody`, `entry-content`, `post-text`.
    pub(crate) const BODY: Self = Self(1 << 1);
    /// Comments and replies.
    pub(crate) const COMMENT: Self = Self(1 << 2);
    /// Foot of the page.
    pub(crate) const FOOTER: Self = Self(1 << 3);
    /// Head of the page.
    pub(crate) const HEADER: Self = Self(1 << 4);
    /// Menus, breadcrumbs, tabs.
    pub(crate) const NAVIGATION: Self = Self(1 << 5);
    /// Side columns and widgets.
    pub(crate) const SIDEBAR: Self = Self(1 << 6);
    /// Share buttons and social networks.
    pub(crate) const SOCIAL: Self = Self(1 << 7);
    /// Related, popular, recommended.
    pub(crate) const RELATED: Self = Self(1 << 8);
    /// Advertising.
    pub(crate) const ADVERTISEMENT: Self = Self(1 << 9);
    /// Cookie banners, legal notices.
    pub(crate) const LEGAL: Self = Self(1 << 10);
    /// Newsletter, login, search and other forms.
    pub(crate) const SIGNUP: Self = Self(1 << 11);
    /// Author, date, tags, counters.
    pub(crate) const BYLINE: Self = Self(1 << 12);
    /// Links to the next and previous page of a series.
    pub(crate) const PAGINATION: Self = Self(1 << 13);
    /// Not displayed.
    pub(crate) const HIDDEN: Self = Self(1 << 14);
    /// Titles.
    pub(crate) const TITLE: Self = Self(1 << 15);
    /// Captions, credits, galleries.
    pub(crate) const CAPTION: Self = Self(1 << 16);
    /// Cards, teasers, grids, carousels.
    pub(crate) const TEASER: Self = Self(1 << 17);
    /// Prices, carts, specifications.
    pub(crate) const PRODUCT: Self = Self(1 << 18);
    /// Threads and messages.
    pub(crate) const FORUM: Self = Self(1 << 19);
    /// Buttons, icons, tools.
    pub(crate) const TOOL: Self = Self(1 << 20);
    /// Lead paragraphs and summaries.
    pub(crate) const LEAD: Self = Self(1 << 21);
    /// Dates and times.
    pub(crate) const DATE: Self = Self(1 << 22);
    /// Authors.
    pub(crate) const AUTHOR: Self = Self(1 << 23);
    /// How many suggestions there are.
    pub(crate) const COUNT: u32 = 24;

    /// Whether any suggestion is in both sets.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Cues {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Cues {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What an element's names suggest.
pub(crate) fn of(element: &Element) -> Cues {
    let mut cues = Cues::NONE;
    for (name, value) in &element.attrs {
        match &*name.local {
            "class" | "id" => cues |= of_name(value),
            "role" => cues |= of_role(value),
            "itemprop" | "property" => cues |= of_property(value),
            "hidden" => cues |= Cues::HIDDEN,
            "aria-hidden" if value.eq_ignore_ascii_case("true") => cues |= Cues::HIDDEN,
            "style" if is_undisplayed(value) => cues |= Cues::HIDDEN,
            _ => {}
        }
    }
    cues
}

/// `display:none` or `visibility:hidden`.
fn is_undisplayed(style: &str) -> bool {
    let style = &style[..style.floor_char_boundary(NAME_BYTES_MAX)];
    let squeezed: String =
        style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

fn of_role(role: &str) -> Cues {
    match role {
        "navigation" | "menu" | "menubar" | "tablist" => Cues::NAVIGATION,
        "contentinfo" => Cues::FOOTER,
        "banner" => Cues::HEADER,
        "complementary" => Cues::SIDEBAR,
        "search" | "form" => Cues::SIGNUP,
        "main" | "article" => Cues::CONTENT,
        "dialog" | "alertdialog" | "alert" => Cues::LEGAL,
        "button" => Cues::TOOL,
        _ => Cues::NONE,
    }
}

fn of_property(property: &str) -> Cues {
    match property {
        "articleBody" | "text" | "reviewBody" => Cues::BODY,
        "description" => Cues::LEAD,
        "headline" | "name" => Cues::TITLE,
        "author" | "creator" => Cues::AUTHOR,
        "datePublished" | "dateModified" | "dateCreated" => Cues::DATE,
        "comment" => Cues::COMMENT,
        "price" | "offers" => Cues::PRODUCT,
        _ => Cues::NONE,
    }
}

/// Splits a class or id into words and joins what they suggest.
fn of_name(name: &str) -> Cues {
    let name = &name.as_bytes()[..name.len().min(NAME_BYTES_MAX)];
    let mut cues = Cues::NONE;
    let mut word = [0u8; 24];
    let mut len = 0;
    let mut previous = Cues::NONE;
    let mut after_lower = false;
    for byte in name.iter().chain(std::iter::once(&b' ')) {
        let is_letter = byte.is_ascii_alphabetic();
        if (!is_letter || (byte.is_ascii_uppercase() && after_lower)) && len > 0 {
            let found = of_word(&word[..len]);
            if previous.has(Cues::CONTENT) && found.has(Cues::CONTENT) {
                cues |= Cues::BODY;
            }
            cues |= found;
            previous = if byte.is_ascii_whitespace() { Cues::NONE } else { found };
            len = 0;
        }
        if is_letter && len < word.len() {
            word[len] = byte.to_ascii_lowercase();
            len += 1;
        }
        after_lower = byte.is_ascii_lowercase();
    }
    cues
}

/// What one lower-case word suggests.
fn of_word(word: &[u8]) -> Cues {
    match word {
        b"article" | b"articles" | b"content" | b"contents" | b"post" | b"entry" | b"story" | b"text"
        | b"body" | b"main" | b"publication" | b"material" | b"detail" | b"details" | b"news" | b"blog"
        | b"page" | b"single" | b"tekst" | b"texte" | b"statya" | b"state" | b"novost" | b"novosti"
        | b"kontent" | b"zhanalyk" | b"janalyk" | b"maqala" | b"makala" | b"publikaciya" | b"primary"
        | b"paragraph" | b"richtext" | b"rte" | b"prose" | b"markdown" | b"wysiwyg" | b"inhalt"
        | b"artikel" | b"tresc" | b"contenido" | b"contenu" => Cues::CONTENT,
        b"articlebody" | b"articlecontent" | b"articletext" | b"postbody" | b"postcontent" | b"posttext"
        | b"entrycontent" | b"storybody" | b"newstext" | b"maincontent" | b"fulltext" | b"textbody"
        | b"bodytext" | b"artikeltext" | b"newsbody" => Cues::BODY,
        b"comment" | b"comments" | b"commentlist" | b"disqus" | b"reply" | b"replies" | b"respond"
        | b"komment" | b"kommentarii" | b"kommentariy" | b"kommentar" | b"kommentare" | b"commentaires"
        | b"commentary" | b"discussion" | b"reviews" | b"otzyvy" | b"pikir" | b"pikirler" => Cues::COMMENT,
        b"footer" | b"foot" | b"bottom" | b"podval" | b"colophon" | b"footnotes" => Cues::FOOTER,
        b"header" | b"head" | b"top" | b"masthead" | b"topbar" | b"shapka" | b"hero" => Cues::HEADER,
        b"nav" | b"navbar" | b"menu" | b"submenu" | b"menus" | b"navigation" | b"breadcrumb"
        | b"breadcrumbs" | b"crumbs" | b"crumb" | b"tabs" | b"tab" | b"toc" | b"sitemap" | b"navi"
        | b"skip" | b"dropdown" | b"megamenu" | b"topmenu" | b"mainmenu" | b"rubric" | b"rubrics"
        | b"rubrika" => Cues::NAVIGATION,
        b"sidebar" | b"side" | b"aside" | b"rail" | b"widget" | b"widgets" | b"sidenav" | b"leftcol"
        | b"rightcol" | b"left" | b"right" | b"rightcolumn" | b"leftcolumn" | b"sticky" | b"secondary"
        | b"informer" | b"informers" => Cues::SIDEBAR,
        b"share" | b"social" | b"sharing" | b"socials" | b"addthis" | b"sharedaddy" | b"follow"
        | b"facebook" | b"twitter" | b"vk" | b"telegram" | b"whatsapp" | b"podelitsya" | b"likes"
        | b"like" | b"pluso" | b"instagram" | b"youtube" | b"soc" | b"bolisu" => Cues::SOCIAL,
        b"related" | b"recommend" | b"recommended" | b"recommendations" | b"similar" | b"popular"
        | b"trending" | b"also" | b"more" | b"latest" | b"recent" | b"next" | b"readmore"
        | b"relacionadas" | b"pohozhie" | b"chitaite" | b"interesno" | b"uqsas" | b"others" | b"other"
        | b"mostread" | b"featured" | b"upsell" | b"crosssell" | b"lenta" | b"drugie" => Cues::RELATED,
        b"ad" | b"ads" | b"adv" | b"advert" | b"adverts" | b"advertisement" | b"advertising" | b"banner"
        | b"banners" | b"promo" | b"promotion" | b"promos" | b"sponsor" | b"sponsored" | b"sponsors"
        | b"reklama" | b"jarnama" | b"zharnama" | b"dfp" | b"adsense" | b"adfox" | b"outbrain"
        | b"taboola" | b"werbung" | b"anzeige" | b"cta" | b"callout" | b"baner" => Cues::ADVERTISEMENT,
        b"cookie" | b"cookies" | b"consent" | b"gdpr" | b"copyright" | b"copy" | b"disclaimer" | b"legal"
        | b"privacy" | b"terms" | b"license" | b"modal" | b"popup" | b"overlay" | b"notice" | b"alert"
        | b"toast" | b"onetrust" | b"paywall" | b"imprint" => Cues::LEGAL,
        b"newsletter" | b"subscribe" | b"subscription" | b"signup" | b"login" | b"signin" | b"register"
        | b"form" | b"search" | b"searchform" | b"poll" | b"vote" | b"voting" | b"rating" | b"feedback"
        | b"contact" | b"opros" | b"golosovanie" | b"poisk" | b"podpiska" | b"auth" | b"survey" | b"quiz" => {
            Cues::SIGNUP
        }
        b"byline" | b"meta" | b"info" | b"tags" | b"tag" | b"taglist" | b"category" | b"categories"
        | b"views" | b"posted" | b"metadata" | b"bio" | b"avtory" | b"source" | b"sources" | b"istochnik"
        | b"credits" | b"prosmotry" | b"stats" | b"counter" | b"keywords" | b"labels" | b"badge"
        | b"tegi" => Cues::BYLINE,
        b"author" | b"authors" | b"avtor" | b"writer" | b"reporter" | b"vcard" | b"autor" => Cues::AUTHOR,
        b"date" | b"time" | b"datetime" | b"published" | b"pubdate" | b"timestamp" | b"data" | b"kuni"
        | b"vremya" | b"publish" | b"updated" | b"modified" | b"datum" | b"fecha" => Cues::DATE,
        b"pagination" | b"pager" | b"paging" | b"pages" | b"paginator" | b"prev" | b"pagenavi"
        | b"pagenumbers" | b"loadmore" => Cues::PAGINATION,
        b"hidden" | b"hide" | b"invisible" | b"sr" | b"screenreader" | b"visuallyhidden" | b"noprint"
        | b"noscript" | b"offscreen" => Cues::HIDDEN,
        b"title" | b"headline" | b"heading" | b"zagolovok" | b"titre" | b"titulo" | b"subtitle" => {
            Cues::TITLE
        }
        b"caption" | b"credit" | b"photo" | b"gallery" | b"image" | b"images" | b"img" | b"figure"
        | b"foto" | b"media" | b"video" | b"thumb" | b"thumbnail" | b"lightbox" => Cues::CAPTION,
        b"card" | b"cards" | b"teaser" | b"teasers" | b"grid" | b"carousel" | b"slider" | b"slide"
        | b"slides" | b"swiper" | b"item" | b"items" | b"list" | b"listing" | b"tile" | b"tiles"
        | b"feed" | b"archive" | b"results" | b"anons" | b"preview" | b"block" | b"blocks" | b"loop" => {
            Cues::TEASER
        }
        b"product" | b"products" | b"price" | b"prices" | b"cart" | b"basket" | b"buy" | b"sku" | b"shop"
        | b"specs" | b"specifications" | b"stock" | b"tovar" | b"kupit" | b"korzina" | b"checkout" => {
            Cues::PRODUCT
        }
        b"forum" | b"thread" | b"message" | b"messages" | b"topic" | b"answer" | b"answers" | b"question"
        | b"posts" | b"bbcode" | b"msg" | b"threads" | b"topics" => Cues::FORUM,
        b"button" | b"buttons" | b"btn" | b"icon" | b"icons" | b"toolbar" | b"tools" | b"tool" | b"print"
        | b"close" | b"toggle" | b"actions" | b"controls" | b"control" | b"logo" | b"lang" | b"language"
        | b"pechat" | b"player" | b"weather" | b"pogoda" | b"kurs" | b"currency" => Cues::TOOL,
        b"lead" | b"summary" | b"intro" | b"excerpt" | b"standfirst" | b"description" | b"descr"
        | b"desc" | b"deck" | b"dek" | b"lid" | b"anonce" | b"abstract" | b"synopsis" | b"opisanie" => {
            Cues::LEAD
        }
        _ => Cues::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(of_name("post-body"), Cues::CONTENT | Cues::BODY);
        assert_eq!(of_name("postBody"), Cues::CONTENT | Cues::BODY);
        assert_eq!(of_name("post body"), Cues::CONTENT);
        assert!(of_name("tekst_novosti").has(Cues::BODY));
        assert_eq!(of_name("sidebar-2"), Cues::SIDEBAR);
        assert_eq!(of_name("xyz"), Cues::NONE);
        assert!(is_undisplayed("color:red; display : none"));
    }
}
