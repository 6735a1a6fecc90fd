//! Text that costs what real text costs: three languages, words as frequent as Zipf's law has it.
//!
//! Invariant: the same seed gives the same text. The sentences mean nothing; the most frequent words are real.

use testkit::random::Random;

/// Different words of a language; as many as a few thousand articles of one newspaper have.
const VOCABULARY: usize = 30_000;

/// A language to write in.
pub(crate) struct Language {
    pub(crate) code: &'static str,
    /// Most frequent first.
    frequent: &'static str,
    syllables: &'static str,
    endings: &'static str,
}

pub(crate) static LANGUAGES: [Language; 3] = [
    Language {
        code: "kk",
        frequent: "және бұл мен үшін бір деп да болып осы ол жыл туралы сол оның қазақстан бойынша бар екен кейін дейін \
            оны де қазақ барлық жаңа өз емес арқылы ең үлкен болды керек айтты жоқ немесе қалай сондай тағы өте көп",
        syllables: "қа за ты лы бе ре ша нұр ай сы ма тер құ бай лы ған ды ке ме гү бо ла шы на жо тө өр ке ні ұлт ті \
            жер су ау да мен өз ен қо ғам дам ба ға",
        endings: "ның дар лар ды де да нан мен ға лық тер сы  ",
    },
    Language {
        code: "ru",
        frequent: "и в на не что с по для как это из к от за о его но до также при у год были она так же или который \
            только уже все может более после он было их мы во бы если под ещё время об",
        syllables: "по ста ра го ве ре ни ко ло за про ма де ли то мо но во на пре ди се бо ка те ро ми со ле да вы об \
            ще ств при го род рай он пра ви",
        endings: "ого ами ение ов ая ый ость ать ил ет ой ы а  ",
    },
    Language {
        code: "en",
        frequent: "the of and to in a is that for on was with as it by at from be this are have or an which not has \
            were but their they its more also had who been will one other about when there said after new",
        syllables: "con ter ma re sta ti ver pro com in de lo ra na mi per ex al tra ca ni ro se di men or gan pre su \
            form ple vi ma ket port land ber hou",
        endings: "ing ed tion s er ly ment al able ity  ",
    },
];

/// A writer with a language and a chance of its own.
pub(crate) struct Writer {
    words: Vec<String>,
}

impl Writer {
    pub(crate) fn new(language: &Language) -> Self {
        let mut random = Random::named(1, language.code);
        let mut words: Vec<String> = language.frequent.split_whitespace().map(str::to_owned).collect();
        let syllables: Vec<&str> = language.syllables.split_whitespace().collect();
        let endings: Vec<&str> = language.endings.split(' ').collect();
        while words.len() < VOCABULARY {
            let stem = (0..random.within(2..4)).map(|_| *random.pick(&syllables)).collect::<String>();
            words.push(stem + random.pick::<&str>(&endings));
        }
        Self { words }
    }

    /// A word, the one of rank `n` with a probability of about 1 / n.
    fn word(&self, random: &mut Random) -> &str {
        let chance = random.below(1 << 32) as f64 / (1u64 << 32) as f64;
        let rank = (chance * (self.words.len() as f64).ln()).exp();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the vocabulary"
        )]
        let rank = rank as usize;
        &self.words[rank.saturating_sub(1).min(self.words.len() - 1)]
    }

    /// Words of which the first begins with a capital letter.
    pub(crate) fn phrase(&self, words: usize, random: &mut Random) -> String {
        let mut text = String::with_capacity(words * 14);
        for number in 0..words {
            let word = self.word(random);
            if number > 0 {
                text.push_str(if random.chance(8) { ", " } else { " " });
                text.push_str(word);
                continue;
            }
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        }
        text
    }

    pub(crate) fn paragraph(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..3 + random.index(4) {
            text.push_str(&self.phrase(8 + random.index(14), random));
            text.push_str(". ");
        }
        text
    }
}
