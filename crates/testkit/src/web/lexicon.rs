//! Sentence parts in English, Russian and Kazakh for generated pages, written for this project.
//!
//! Invariant: any opening, subject, object, predicate and tail of a language make a grammatical sentence in the order of
//! that language; there are at least 100,000 sentences of each.

use crate::random::Random;

/// The parts of a language's sentences.
pub(super) struct Lexicon {
    /// ISO 639-1 code.
    pub(super) language: &'static str,
    openings: &'static [&'static str],
    subjects: &'static [&'static str],
    predicates: &'static [&'static str],
    objects: &'static [&'static str],
    tails: &'static [&'static str],
    /// The predicate stands last, as in Kazakh.
    verb_last: bool,
    /// Words of menus and footers: home, news, about, contact, privacy, read more.
    pub(super) menu: [&'static str; 6],
}

/// The languages of generated pages, in the order they take turns.
pub(super) static LEXICONS: [Lexicon; 3] = [ENGLISH, RUSSIAN, KAZAKH];

impl Lexicon {
    /// One sentence, with its full stop.
    pub(super) fn sentence(&self, random: &mut Random) -> String {
        let opening = random.pick(self.openings);
        let subject = random.pick(self.subjects);
        let predicate = random.pick(self.predicates);
        let object = random.pick(self.objects);
        let tail = random.pick(self.tails);
        if self.verb_last {
            format!("{opening} {subject} {tail} {object} {predicate}.")
        } else {
            format!("{opening} {subject} {predicate} {object} {tail}.")
        }
    }

    /// A headline: subject, predicate, object, beginning with a capital letter.
    pub(super) fn headline(&self, random: &mut Random) -> String {
        let subject = random.pick(self.subjects);
        let (predicate, object) = (random.pick(self.predicates), random.pick(self.objects));
        let words = if self.verb_last {
            format!("{subject} {object} {predicate}")
        } else {
            format!("{subject} {predicate} {object}")
        };
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

const ENGLISH: Lexicon = Lexicon {
    language: "en",
    openings: &[
        "On Monday",
        "Last week",
        "This morning",
        "In the spring",
        "After a long meeting",
        "Despite the rain",
        "Late in the evening",
        "According to the report",
        "Two years ago",
        "At the same time",
        "For the first time",
        "Before the holidays",
    ],
    subjects: &[
        "the city council",
        "a group of students",
        "the regional museum",
        "our correspondent",
        "the railway company",
        "local farmers",
        "the university library",
        "a small publishing house",
        "the weather service",
        "the school board",
        "volunteers from the village",
        "the national orchestra",
    ],
    predicates: &[
        "discussed",
        "presented",
        "finished",
        "described",
        "supported",
        "postponed",
        "opened",
        "rebuilt",
        "studied",
        "announced",
        "paid for",
        "criticised",
    ],
    objects: &[
        "the new bridge over the river",
        "a plan for public transport",
        "an exhibition of old maps",
        "the repair of the town hall",
        "a collection of folk songs",
        "the results of the harvest",
        "a programme for young readers",
        "the restoration of the lake",
        "a map of mountain trails",
        "the history of the steppe",
        "a fund for small businesses",
        "the timetable of night trains",
    ],
    tails: &[
        "together with neighbours from three districts",
        "although the budget is still open",
        "because many people had asked for it",
        "without any help from outside",
        "in front of a large audience",
        "as part of a ten-year agreement",
        "and promised to publish the details soon",
        "while engineers continued their measurements",
        "under the guidance of experienced teachers",
        "in spite of sharp questions",
        "with money collected in the region",
        "for the benefit of coming generations",
    ],
    verb_last: false,
    menu: ["Home", "News", "About us", "Contact", "Privacy", "Read more"],
};

const RUSSIAN: Lexicon = Lexicon {
    language: "ru",
    openings: &[
        "В понедельник",
        "На прошлой неделе",
        "Сегодня утром",
        "Этой весной",
        "После долгого совещания",
        "Несмотря на дождь",
        "Поздно вечером",
        "Как следует из отчёта,",
        "Два года назад",
        "В то же время",
        "Впервые за много лет",
        "Накануне праздников",
    ],
    subjects: &[
        "депутаты городского совета",
        "студенты местного института",
        "сотрудники музея",
        "наши корреспонденты",
        "представители железной дороги",
        "фермеры области",
        "работники библиотеки",
        "редакторы издательства",
        "синоптики",
        "учителя сельской школы",
        "добровольцы из соседних сёл",
        "музыканты оркестра",
    ],
    predicates: &[
        "обсудили",
        "представили",
        "завершили",
        "описали",
        "поддержали",
        "отложили",
        "открыли",
        "перестроили",
        "изучили",
        "объявили",
        "оплатили",
        "раскритиковали",
    ],
    objects: &[
        "новый мост через реку",
        "план развития транспорта",
        "выставку старинных карт",
        "ремонт городской ратуши",
        "сборник народных песен",
        "итоги уборки урожая",
        "программу для юных читателей",
        "восстановление озера",
        "карту горных троп",
        "летопись степного края",
        "фонд поддержки предпринимателей",
        "расписание ночных поездов",
    ],
    tails: &[
        "вместе с жителями трёх районов",
        "хотя бюджет ещё не утверждён",
        "потому что об этом просили многие",
        "без посторонней помощи",
        "в присутствии большого числа зрителей",
        "в рамках десятилетнего соглашения",
        "и пообещали вскоре рассказать подробности",
        "пока инженеры продолжали измерения",
        "под руководством опытных наставников",
        "несмотря на острые вопросы",
        "на средства, собранные в регионе",
        "ради будущих поколений",
    ],
    verb_last: false,
    menu: ["Главная", "Новости", "О нас", "Контакты", "Конфиденциальность", "Читать далее"],
};

const KAZAKH: Lexicon = Lexicon {
    language: "kk",
    openings: &[
        "Дүйсенбі күні",
        "Өткен аптада",
        "Бүгін таңертең",
        "Биылғы көктемде",
        "Ұзақ жиналыстан кейін",
        "Жаңбырға қарамастан",
        "Кеш түсе",
        "Есепке сәйкес",
        "Екі жыл бұрын",
        "Сонымен қатар",
        "Алғаш рет",
        "Мереке қарсаңында",
    ],
    subjects: &[
        "қалалық мәслихат депутаттары",
        "жергілікті институт студенттері",
        "мұражай қызметкерлері",
        "біздің тілшілеріміз",
        "теміржол өкілдері",
        "облыс шаруалары",
        "кітапхана қызметкерлері",
        "баспа редакторлары",
        "ауа райын болжаушылар",
        "ауыл мектебінің мұғалімдері",
        "көрші ауылдардың еріктілері",
        "оркестр музыканттары",
    ],
    predicates: &[
        "талқылады",
        "таныстырды",
        "аяқтады",
        "сипаттады",
        "қолдады",
        "кейінге қалдырды",
        "ашты",
        "қайта құрды",
        "зерттеді",
        "жариялады",
        "қаржыландырды",
        "сынға алды",
    ],
    objects: &[
        "өзен үстіндегі жаңа көпірді",
        "қоғамдық көлікті дамыту жоспарын",
        "ескі карталар көрмесін",
        "қала ғимаратының жөндеуін",
        "халық әндерінің жинағын",
        "егін жинау қорытындысын",
        "жас оқырмандарға арналған бағдарламаны",
        "көлді қалпына келтіру жұмысын",
        "тау соқпақтарының картасын",
        "дала өңірінің тарихын",
        "шағын кәсіпкерлерді қолдау қорын",
        "түнгі пойыздардың кестесін",
    ],
    tails: &[
        "үш ауданның тұрғындарымен бірге",
        "бюджет әлі бекітілмесе де",
        "көпшіліктің өтініші бойынша",
        "сырттан көмек алмай",
        "көрермендердің көзінше",
        "он жылдық келісім аясында",
        "толық мәліметін кейін айтамыз деп",
        "инженерлер өлшеуді жалғастырып жатқанда",
        "тәжірибелі ұстаздардың басшылығымен",
        "өткір сұрақтарға қарамай",
        "өңірде жиналған қаражатқа",
        "келер ұрпақ үшін",
    ],
    verb_last: true,
    menu: ["Басты бет", "Жаңалықтар", "Біз туралы", "Байланыс", "Құпиялық", "Толығырақ"],
};
