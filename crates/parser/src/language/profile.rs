//! Alphabets, function words and word endings of the languages told apart.
//!
//! Written for this project. Words are frequent and short on content (pronouns, particles, conjunctions, auxiliary
//! verbs, the words of news and menus); an ending begins with `-`, a doubled vowel with `=`.
//!
//! Invariant: everything in lower case; `letters` holds the whole alphabet, with letters tolerated in loanwords.

use super::script::Script;

/// One language in one script.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) code: &'static str,
    pub(super) script: Script,
    pub(super) letters: &'static str,
    pub(super) words: &'static str,
    pub(super) endings: &'static str,
}

/// All profiles.
pub(super) static PROFILES: &[Profile] = &[
    // Cyrillic.
    Profile {
        code: "kk",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        words: "және мен бен пен үшін бойынша туралы бұл ол осы сол деп деді дейді дейін кейін бар жоқ емес болды \
            болып болады болған болса еді екен ғана да де та те ма ме ба бе па пе не немесе бірақ себебі егер өйткені \
            оның оны олар олардың біз біздің сіз сіздің мені менің сенің өз өзі өзінің барлық әр әрбір кез келген бір екі \
            үш төрт бес жыл жылы жылғы ай айы күн күні қазақ қазақстан қазақстанның қазақстанда республикасы \
            республикасының алматы астана мемлекеттік мемлекет ел елдің халық адам адамдар бала балалар жаңа жақсы үлкен \
            көп аз өте ең арқылы дейтін деген қалай қандай неге қашан қайда кім кімге қанша неше соң бұрын енді қазір \
            бүгін кеше ертең тағы сондай сияқты ретінде туған жұмыс жұмысы туралы қала қаласы қаласында ауыл ауданы \
            облысы облысында жоғары орта тілі тілінде білім басты бет мақала жазды айтты хабарлайды президент үкімет \
            министрі заң сот полиция жер су үй жол түрлі керек мүмкін алады берді беру алу болу жасау келді кетті тұр \
            отыр жатыр жүр алып беріп келіп қойды қалды дегенмен сонымен сондықтан осындай мұндай мына ана әлі тек \
            тіпті сай қатысты қарай қарсы кезінде уақыт уақытта ішінде арасында астында үстінде жанында алдында \
            параққа парақ жасалған өңдеу қатысушы көру іздеу",
        endings: "-ның -нің -дың -дің -тың -тің -ған -ген -қан -кен -лар -лер -дар -дер -тар -тер -ды -ді -ты -ті -ға -ге \
            -қа -ке -да -де -та -те -дан -ден -тан -тен -нан -нен -мен -бен -пен -дық -дік -лық -лік -тық -тік -сы -сі \
            -ын -ін -ып -іп -уы -уі -еді -айды -ейді -рып -ріп -ыс -іс -ық -ік -ру -лу -ау -еу -бы -бі -рі -ты -ғы -гі \
            -сын -сін -ңыз -ңіз -шы -ші",
    },
    Profile {
        code: "ru",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        words: "и в не на я быть он с что а по это она этот к но они мы весь который из у свой вы за для от так мочь все \
            ты сказать же как его её ее их было была были был будет есть или если бы только еще ещё уже до при о об \
            во со чтобы когда где кто чем без под над после через также между более может год года году лет день \
            время люди человек россии россия российский москва москве области города город области новости сегодня \
            вчера тысяч рублей млн млрд процентов сообщает рассказал заявил сообщили глава президент власти \
            полиция суд дело жители новый новая новые первый один два три четыре пять этого этой этом эти тем том тот \
            того чего ничего очень самый самые можно нужно надо нет да ли ни него неё ней них им ему ей нас вас нам вам \
            мне меня тебя себя себе свои своей своего которые которая которое которых страны стране лучший почему зачем \
            какие какой какая сколько около против из-за среди во время ради перед стал стала стали назвали \
            страница страницы файл участник правка правки список",
        endings: "-ого -его -ому -ему -ый -ий -ая -ое -ые -ой -ей -ом -ем -ами -ями -ах -ях -ть -ться -ет -ит -ют -ят -ла \
            -ли -ло -ал -ил -ся -сь -ов -ев -ии -ие -ия -ию -ью -ния -ние -ций -ция -ции -сть -сти -ных -ную -ным \
            -ами -ской -ский -ские -ского -лся -ает -уют -ого",
    },
    Profile {
        code: "uk",
        script: Script::Cyrillic,
        letters: "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
        words: "і й та в у не на що з до за це як я він вона вони ми ви його її їх був була було були буде є але або чи для \
            від про при після через також між більше може рік року років день час люди людина україни україна україні \
            українських український київ києві області міста місто новини сьогодні вчора тисяч гривень повідомляє \
            розповів заявив президент влада поліція суд справа нові новий нова перший один два три чотири цього цій цим \
            ці тим тому того чого нічого дуже можна треба потрібно немає так ні ним ним ней них ним їм йому їй нас вас \
            нам вам мені мене тебе себе свої своїй який яка яке які яких якого щоб коли де хто чим без під над ще вже \
            тільки лише навіть саме якщо бо адже зі із проти стали став під час усі всі весь щодо якого",
        endings: "-ого -ому -ий -ій -ої -ою -ею -ами -ями -ах -ях -ти -тися -ться -ють -ять -ив -ла -ли -ло -ся -ів -їв -ії -ію -ня \
            -ння -ття -ість -ості -ції -ція -ний -них -ним -ськ -ькі -кий -ька -ути -ати -ити",
    },
    Profile {
        code: "be",
        script: Script::Cyrillic,
        letters: "абвгдеёжзійклмнопрстуўфхцчшыьэюя'",
        words: "і ў у не на што з да за гэта гэты як я ён яна яны мы вы яго яе іх быў была было былі будзе ёсць але або ці \
            для ад пра пры пасля праз таксама паміж больш можа год года гадоў дзень час людзі чалавек беларусі беларусь \
            беларускі мінск мінску вобласці горада горад навіны сёння учора тысяч рублёў паведамляе заявіў \
            прэзідэнт улады суд новы новая першы адзін два тры гэтага гэтай тым таму таго чаго нічога вельмі можна \
            трэба няма так ні іх ім яму ёй нас вас нам вам мне мяне сябе свае які якая якое якія якіх каб калі дзе хто \
            чым без пад над яшчэ ўжо толькі нават менавіта якога бо супраць стаў падчас усе ўсе усё быць",
        endings: "-ага -ому -аму -ыя -ая -ое -ай -ой -ым -амі -ямі -ах -ях -ць -цца -ся -аў -яў -ла -лі -ло -ня -ння -насць -асці \
            -ыі -ыя -ныя -ных -ага -ць -зе -скі -кі",
    },
    Profile {
        code: "bg",
        script: Script::Cyrillic,
        letters: "абвгдежзийклмнопрстуфхцчшщъьюя",
        words: "и на в не се да е са за от с по че като но до при към след през още още вече също между повече може година \
            години ден време хора човек българия българска български софия града град новини днес вчера хиляди лева \
            съобщи каза заяви президент полиция съд дело нови нов нова първи един една едно два три това този тази тези \
            той тя те ние вие аз му ѝ им го я ги ми ме си ти те бе беше бяха бил била били ще има няма който която което \
            които където кога как какво защо кой чрез без под над само много трябва според срещу така или ако защото \
            преди сред вътре около със във тук там него нея тях нас вас мен нито дори обаче",
        endings: "-ът -ят -та -то -те -ия -ите -ата -ото -ция -ния -ние -аха -иха -ява -ова -ане -ене -ски -ска -ско -ва -ал -ил \
            -ест -ост",
    },
    Profile {
        code: "mk",
        script: Script::Cyrillic,
        letters: "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
        words: "и на во не се да е од за со што ги го ја му на со по како но до при кон по уште веќе исто меѓу повеќе може \
            година ден време луѓе човек македонија македонски скопје град денес вчера илјади вели рече изјави \
            претседателот полиција суд нов нова нови прв еден една два три ова овој оваа овие тој таа тие ние вие јас \
            сум си беше биле ќе има нема кој која кое кои каде кога зошто само многу треба според против така или ако \
            бидејќи пред помеѓу сите",
        endings: "-от -та -то -те -ите -ата -ото -ија -ње -ање -ење -ски -ска -ува -аат",
    },
    Profile {
        code: "sr",
        script: Script::Cyrillic,
        letters: "абвгдђежзијклљмнњопрстћуфхцчџш",
        words: "и на у не се да је су за од са по као али до при ка после кроз још већ такође између више може година \
            године дан време људи човек србија србије српски београд град данас јуче хиљада каже рекао изјавио \
            председник полиција суд нов нова нови први један једна два три ово овај ова ови он она они ми ви ја сам си \
            био била били биће има нема који која које где када како зашто само много треба према против тако или ако \
            јер пре што бити",
        endings: "-ог -ом -их -им -ама -има -ти -ла -ли -ло -ија -ије -ње -ање -ење -ски -ска -ост -ају -је",
    },
    Profile {
        code: "ky",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяңөү",
        words: "жана менен үчүн боюнча жөнүндө бул ал ошол ушул деп деди дейт чейин кийин бар жок эмес болду болуп болот болгон \
            болсо эле экен гана да де дагы же бирок себеби эгер анткени анын аны алар алардын биз биздин силер сиз \
            сиздин мени менин сенин өз өзү өзүнүн бардык ар бир эки үч төрт беш жыл жылы жылдын ай күн күнү кыргыз \
            кыргызстан кыргызстандын кыргызстанда республикасынын бишкек ош мамлекеттик өлкө элдин эл адам адамдар бала \
            балдар жаңы жакшы чоң көп аз өтө эң аркылуу деген кандай эмне качан кайда ким канча соң мурун эми азыр \
            бүгүн кечээ эртең ошондой сыяктуу катары иш шаар шаары шаарында айыл району облусу облусунда жогорку тили \
            тилинде билим барак макала айтты билдирди президент өкмөт министри мыйзам сот милиция жер суу үй жол түрдүү \
            керек мүмкүн алат берди берүү алуу болуу жасоо келди кетти турат отурат жатат жүрөт алып берип келип койду \
            калды ошондуктан мындай мына али эч эле тууралуу карата каршы учурда убакыт ичинде арасында алдында өткөн \
            турган келген кылып кылган баарын ушундай бизди анда эки миң сом",
        endings: "-нын -нин -нун -нүн -дын -дин -дун -дүн -тын -тин -тун -түн -ган -ген -гон -гөн -кан -кен -кон -көн -лар -лер \
            -лор -лөр -дар -дер -дор -дөр -тар -тер -тор -төр -ды -ди -ду -дү -ты -ти -ту -тү -га -ге -го -гө -ка -ке \
            -ко -кө -да -де -до -дө -дан -ден -дон -дөн -нан -нен -луу -лүү -дуу -дүү -туу -түү -лык -лик -лук -лүк -сы \
            -си -су -сү -ып -ип -уп -үп -уу -үү -оо -өө -чы -чи -чу -чү -ат -ет -от -өт -йт =у =ү =о =ө =а =э",
    },
    Profile {
        code: "tt",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәөүҗңһ",
        words: "һәм белән өчен буенча турында бу ул шул шушы дип диде ди кадәр соң бар юк түгел булды булып була булган булса \
            иде икән генә гына да дә та тә яки яисә ләкин әмма чөнки әгәр аның аны алар аларның без безнең сез сезнең \
            мине минем синең үз үзе үзенең барлык һәр бер ике өч дүрт биш ел елы елда елның ай көн көне татар татарстан \
            татарстанның республикасы казан дәүләт ил халык кеше кешеләр бала балалар яңа яхшы зур күп аз бик иң аша \
            дигән ничек нинди нигә кайчан кайда кем күпме элек хәзер бүген кичә иртәгә тагын шундый кебек буларак эш \
            шәһәр шәһәре авыл районы өлкәсе югары теле телендә белем бит мәкалә әйтте хәбәр президент хөкүмәт министр \
            закон суд җир су өй юл төрле кирәк мөмкин ала бирде бирү алу булу килде китте тора утыра ята йөри алып \
            биреп килеп куйды калды шуңа мондый менә әле тик каршы вакыт вакытта эчендә арасында алдында минем әйе",
        endings: "-ның -нең -ган -гән -кан -кән -лар -ләр -нар -нәр -ды -де -ты -те -га -гә -ка -кә -да -дә -та -тә -дан -дән -тан \
            -тән -нан -нән -лык -лек -лы -ле -сы -се -ын -ен -ып -еп -уы -үе -чы -че -рга -ргә -ый -ди -елә",
    },
    Profile {
        code: "ba",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәөүғҡңҙҫһ",
        words: "һәм менән өсөн буйынса тураһында был ул шул ошо тип тине ти тиклем һуң бар юҡ түгел булды булып була булған \
            булһа ине икән генә ғына да дә ҙа ҙә ла лә йәки әммә ләкин сөнки әгәр уның уны улар уларҙың беҙ беҙҙең һеҙ \
            һеҙҙең мине минең һинең үҙ үҙе үҙенең бөтә һәр бер ике өс дүрт биш йыл йылы йылда йылдың ай көн көнө башҡорт \
            башҡортостан башҡортостандың республикаһы өфө дәүләт ил халыҡ кеше кешеләр бала балалар яңы яҡшы ҙур күп аҙ \
            бик иң аша тигән нисек ниндәй ниңә ҡасан ҡайҙа кем күпме элек хәҙер бөгөн кисә иртәгә тағы шундай кеүек \
            булараҡ эш ҡала ҡалаһы ауыл районы өлкәһе юғары теле телендә белем бит мәҡәлә әйтте хәбәр президент хөкүмәт \
            закон суд ер һыу өй юл төрлө кәрәк мөмкин ала бирҙе биреү алыу булыу килде китте тора ултыра ята йөрөй",
        endings: "-ның -нең -дың -дең -ҙың -ҙең -тың -тең -ған -гән -ҡан -кән -лар -ләр -дар -дәр -ҙар -ҙәр -тар -тәр -ды -де -ҙы -ҙе \
            -ға -гә -ҡа -кә -да -дә -ҙа -ҙә -лыҡ -лек -һы -һе -ып -еп -ыу -еү -сы -се -ырға -ергә",
    },
    Profile {
        code: "mn",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюяөү",
        words: "ба бол нь энэ тэр байна байсан байгаа байх юм биш болон мөн гэж гэсэн гэдэг гэв хийх болно болсон болох \
            хүн хүмүүс хүний монгол монголын улс улсын улаанбаатар хот өдөр жил жилийн он оны сар сарын нэг хоёр гурав \
            их бага шинэ сайн олон бүх бүр түүний тэд бид бидний та таны миний би чи өөрийн өөр дээр доор дотор хойш \
            өмнө хооронд тухай талаар хамт болгон зөвхөн одоо өнөөдөр өчигдөр маргааш яаж ямар яагаад хэзээ хаана хэн \
            хэд учир боловч харин эсвэл хэрэв учраас тул гэхдээ дараа үед үеийн ажил ажлын хууль төрийн засгийн газар \
            ерөнхийлөгч сайд хэлэв гаргасан авах өгөх ирсэн явсан хэрэг боломж шаардлагатай хуудас файл засвар",
        endings: "-ын -ийн -ны -ний -аас -ээс -оос -өөс -аар -ээр -оор -өөр -тай -тэй -той -сан -сэн -сон -сөн -даг -дэг -дог -дөг \
            -ууд -үүд -чид -лаа -лээ -жээ -чээ -гаа -гээ -ыг -ийг -лын -лийн -х =а =э =о =ө =у =ү",
    },
    Profile {
        code: "tg",
        script: Script::Cyrillic,
        letters: "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюяцщыь",
        words: "ва дар аз ба ки бо ин он барои то ҳам аст буд шуд шудааст мешавад кард карда мекунад будан набуд нест ҳаст \
            тоҷикистон тоҷик ҷумҳурии душанбе шаҳри вилояти ноҳияи сол соли рӯз моҳ як ду се чор панҷ мо шумо онҳо ман \
            ту ӯ вай худ ҳар ҳама дигар нав калон хуб бисёр кам аммо лекин ё агар чун зеро пас пеш баъд ҳоло имрӯз \
            дирӯз президенти ҳукумати вазири қонун мардум одам кор забони тоҷикӣ гуфт хабар",
        endings: "-и -ҳои -ҳо -ро -аст -анд -дан -тан -ӣ -гӣ -онро",
    },
    Profile {
        code: "uz",
        script: Script::Cyrillic,
        letters: "абвгдеёжзийклмнопрстуфхцчшъьэюяўқғҳ",
        words: "ва билан учун бўйича ҳақида бу у шу деб деди эди экан ҳам ёки аммо лекин чунки агар унинг уни улар биз сиз \
            мени менинг ўз ўзи барча ҳар бир икки уч тўрт беш йил йили кун ой ўзбекистон ўзбек республикаси тошкент \
            давлат халқ одам янги яхши катта кўп кам жуда энг орқали қандай нима қачон қаерда ким қанча сўнг олдин энди \
            ҳозир бугун кеча эртага каби сифатида иш шаҳар шаҳри туман вилояти президент ҳукумат қонун бўлди бўлиб \
            бўлган бўлади керак мумкин эмас йўқ бор қилиш қилиб",
        endings: "-нинг -ган -лар -ди -га -да -дан -лик -ни -си -иб -иш -ади -ида",
    },
    // Latin.
    Profile {
        code: "en",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzéèñöüçäêôïáíóàâ'",
        words: "the of and to a in is it you that he was for on are with as i his they be at one have this from or had by not \
            but what all were when we there can an your which their said if do will each about how up out them then she \
            many some so these would other into has her two like him see time could no make than first been its who now \
            people my made over did down only way find use may our more after also where most know just because any \
            new get through back much before go good should very new year years day says say news world best why here \
            us off while during against between under until again such own same both those being too does it's don't \
            i'm you're we're that's won't can't isn't what's page pages edit user file search your",
        endings: "-ing -ed -tion -ly -ment -ness -ies -est -ers -ity -ous -ful -ght -ould -ter -ive -th",
    },
    Profile {
        code: "de",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzäöüßéàè",
        words: "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat \
            dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis \
            mehr durch man sein wurde sei kann gegen vom schon wenn habe seine mark ihre dann unter wir soll ich eines \
            jahr zwei jahren diese dieser wieder keine ihr uhr seiner worden und will zwischen immer alle ihm was beim \
            neue gibt heute mich hier muss jetzt ihnen unser unsere deutschland menschen zeit",
        endings: "-en -er -ung -ich -cht -ein -lich -isch -keit -heit -ten -gen -ten -ungen -sch",
    },
    Profile {
        code: "fr",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿ'",
        words: "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec son elle aux \
            ont mais comme ou sa ses été cette nous leur bien être deux aussi tout fait vous même peut après ans ces \
            je où fois entre encore sans leurs dont très temps ainsi depuis avant lui france français faire c'est d'un \
            d'une l'on n'est qu'il selon contre toujours année jour monde tous toute",
        endings: "-ent -ion -ement -eur -eux -ait -ais -ons -tion -ique -aire -elle -ette -ée -és -er",
    },
    Profile {
        code: "es",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzáéíóúüñ",
        words: "de la que el en y a los del se las por un para con no una su al es lo como más pero sus le ya o este sí porque \
            esta entre cuando muy sin sobre ser también me hasta hay donde han quien están desde todo nos durante todos \
            uno les ni contra otros fue ese eso había ante ellos e esto mí antes algunos qué unos yo otro otras otra él \
            tanto esa estos mucho quienes nada muchos cual sea poco ella estar años año hace día españa tiene según",
        endings: "-ción -ado -ada -ando -iendo -mente -dad -ico -ica -ión -ar -er -ría -ista -os -as",
    },
    Profile {
        code: "pt",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzáâãàçéêíóôõú",
        words: "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua \
            ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter \
            seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia \
            seja qual será nós tenho lhe deles essas esses pelas este dele anos brasil são",
        endings: "-ção -ões -ado -ada -ando -endo -mente -dade -ico -ica -ão -ar -eiro",
    },
    Profile {
        code: "it",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzàèéìíîòóù'",
        words: "di e il la che in a per un è del non con una da i le si al come lo sono della più anche ha dei ma nel alla se o \
            gli ci delle questo mi dal nella tra io anni suo sua loro era essere dopo stato stata tutti quando dove solo \
            molto fatto prima così già ancora degli alle dalla nelle quello questa contro due senza ogni perché italia \
            chi cui",
        endings: "-zione -ato -ata -ando -endo -mente -ità -ico -ica -are -ere -ire -oni -tti -lla",
    },
    Profile {
        code: "nl",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzéëïóö",
        words: "de van een het en in is dat op te zijn met voor niet die aan er om ook als dan maar bij of uit nog door wordt \
            naar heeft hij ze wel tot over we kan meer was worden deze geen hebben dit al zich haar hun zo veel jaar \
            moet nu onder andere wat wie waar mensen nederland",
        endings: "-en -er -ing -lijk -heid -ijk -aar -sche -oor",
    },
    Profile {
        code: "pl",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyząćęłńóśźż",
        words: "w i na z do się nie to że jest o od po za jak przez przy dla a oraz ale ma co są był była było które który która \
            tego tym tej jego jej ich już tylko może także by być po roku rok lat polska polski polsce przed między \
            bardzo czy gdy tak ten ta te lub więcej jednak kiedy gdzie kto pod nad ze we sobie swoje mnie mu jako została \
            został podczas dzień ludzi czas nowe nowy",
        endings: "-ego -emu -ych -ymi -ami -ach -ów -ość -ości -ści -nie -cie -ział -ała -ały -ski -ska -ony -ną -cji -ją",
    },
    Profile {
        code: "cs",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzáčďéěíňóřšťúůýž",
        words: "a v na se je že s z do to o k i ve za si ale by po jako který jsou jeho od není pro jsem při tak už až také \
            nebo roku let jen která které bylo byl byla jsme může mezi před pod český praha ještě více tím",
        endings: "-ého -ému -ých -ými -ami -ách -ost -osti -ení -ání -ová -ský -ská -ují",
    },
    Profile {
        code: "ro",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzăâîșțşţ",
        words: "și de în la a cu pe nu o că care din mai este sunt un se pentru ce au sau fi fost dar al ale lui prin după ca \
            între anul ani toate acest această cele cel ei ea el foarte fără către dacă când unde",
        endings: "-ul -ului -ilor -ele -are -ție -ea -ii -eşte -ește",
    },
    Profile {
        code: "sv",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzåäöé",
        words: "och i att det som en på är av för med den till inte om ett har de han hon vi jag var men så kan från sig ska \
            eller när också efter över mer vid alla år nu under mot mellan svenska sverige",
        endings: "-en -et -ar -er -or -ade -ning -het -lig -ska -arna -erna",
    },
    Profile {
        code: "hu",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzáéíóöőúüű",
        words: "a az és hogy nem is egy ez meg volt van már csak el de még ki mint szerint lehet ha vagy magyar után között \
            lesz minden aki ami ezt azt nagyon két több évben",
        endings: "-nak -nek -ban -ben -ból -ből -hoz -hez -val -vel -ság -ség -ott -ett -ják",
    },
    Profile {
        code: "id",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyz",
        words: "yang dan di dengan untuk dari ini itu pada dalam tidak akan adalah ke juga oleh sebagai atau karena saat bisa \
            telah lebih sudah ada para mereka tersebut tahun orang kami kita saya anda indonesia",
        endings: "-kan -nya -ang -an",
    },
    Profile {
        code: "tr",
        script: Script::Latin,
        letters: "abcçdefgğhıijklmnoöprsştuüvyzâîû'",
        words: "ve bir bu da de için ile olarak daha çok en o ne gibi kadar sonra ama var yok olan oldu olduğu olduğunu değil her \
            mi mı mu mü ya veya ise ki önce şu bunu onun onu ben sen biz siz onlar benim bizim kendi yeni büyük iyi iki \
            üç yıl yılında gün türkiye türk istanbul ankara ülke insan göre karşı arasında tarafından üzerinde içinde \
            altında sadece bile hem şey nasıl neden niçin zaman şimdi bugün dün yarın başkanı dedi söyledi açıkladı \
            haber son ilk tüm bütün diye böyle şöyle eğer çünkü ancak fakat etti edildi edilen ediyor oluyor yapılan \
            sayfa dosya kullanıcı sayfası",
        endings: "-lar -ler -ın -in -un -ün -dan -den -tan -ten -ını -ini -nda -nde -sı -si -dı -di -du -dü -tı -ti -yor -acak -ecek \
            -lık -lik -mak -mek -ması -mesi -ları -leri -dır -dir -ıyor -iyor -nın -nin -mış -miş",
    },
    Profile {
        code: "az",
        script: Script::Latin,
        letters: "abcçdeəfgğhxıijkqlmnoöprsştuüvyz'",
        words: "və bir bu da də üçün ilə olaraq daha çox ən o nə kimi qədər sonra amma var yox olan oldu olduğu olduğunu deyil hər \
            mi mı mu mü ya və ki əvvəl şu bunu onun onu mən sən biz siz onlar mənim bizim öz yeni böyük yaxşı iki üç il \
            ilində ildə gün azərbaycan azərbaycanın bakı ölkə insan görə qarşı arasında tərəfindən üzərində içində \
            altında yalnız həm şey necə niyə zaman indi bugün dünən sabah prezidenti dedi bildirib xəbər son ilk bütün \
            belə əgər çünki ancaq lakin etdi edilib edilən edir olur səhifə səhifəsi bu",
        endings: "-lar -lər -ın -in -un -ün -dan -dən -ını -ini -nda -ndə -sı -si -dı -di -du -dü -ır -ir -acaq -əcək -lıq -lik -maq \
            -mək -ması -məsi -ları -ləri -dır -dir -nın -nin -mış -miş -da -də",
    },
    Profile {
        code: "uz",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvxyz'",
        words: "va bilan uchun bo'yicha haqida bu u shu deb dedi edi ekan ham yoki ammo lekin chunki agar uning uni ular biz siz \
            meni mening sizning bizning o'z o'zi barcha har bir ikki uch to'rt besh yil yili yilda kun kuni oy o'zbekiston \
            o'zbek respublikasi toshkent davlat xalq odam odamlar yangi yaxshi katta ko'p kam juda eng orqali qanday nima \
            qachon qayerda kim qancha so'ng oldin endi hozir bugun kecha ertaga kabi sifatida ish shahar shahri tuman \
            viloyati prezident hukumat qonun bo'ldi bo'lib bo'lgan bo'ladi bo'lsa kerak mumkin emas yo'q bor qilish qilib \
            qilgan esa faqat uchun keyin bo'lishi ushbu sahifa sahifani foydalanuvchi fayl tahrir",
        endings: "-ning -gan -kan -lar -di -ga -da -dan -lik -ni -si -ib -ish -adi -ida -lari -ini -ligi -sh -moq -dagi -gi -ng",
    },
    Profile {
        code: "kk",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzäáöóüúğǵūŋñńşıýïéçʼ",
        words: "jáne jäne üşin úshin boıynsha boyınşa bolıp bolyp bolady boladı emes qazaqstan qazaq qazaqsha qazaqşa bet \
            betti betin jasalğan öñdew qatıswşı ğana ol bul osı sol joq bar",
        endings: "-ñız -ñiz -nıñ -niñ -dıñ -diñ -ğan -gen -qan -ken -lıq -lik -dı -di -ğa -ge -qa -men -uw -ew -iw -tıñ -ınıñ",
    },
    Profile {
        code: "vi",
        script: Script::Latin,
        letters: "abcdeghiklmnopqrstuvxyàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹfjwz",
        words: "và của là có được cho trong một các với không đã những này để người khi từ đến về như ra",
        endings: "",
    },
    Profile {
        code: "fi",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzåäö",
        words: "ja on ei se että joka oli mutta kun niin kuin myös hän ovat olla sen mukaan jos tai vuonna suomen ollut",
        endings: "-ssa -ssä -sta -stä -lla -llä -ksi -nen -iin -een -vat",
    },
    Profile {
        code: "da",
        script: Script::Latin,
        letters: "abcdefghijklmnopqrstuvwxyzæøåé",
        words: "og i at det er en på til af for der med som de den ikke har et jeg var han vi om fra men kan så eller efter når \
            også år blev mellem skal være",
        endings: "-en -et -er -erne -ede -ning -hed -lig -ske",
    },
    // Arabic script.
    Profile {
        code: "ar",
        script: Script::Arabic,
        letters: "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئةى",
        words: "في من على أن إلى التي عن مع هذا هذه الذي كان ما لا كما قد بعد كل بين وقد وكان ذلك أو هو هي ثم عند حيث لم لن إن \
            قال اليوم العربية خلال كانت يكون منذ قبل حتى أي غير",
        endings: "-ات -ين -ون -ها -هم -ية",
    },
    Profile {
        code: "fa",
        script: Script::Arabic,
        letters: "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءآأئؤةيك",
        words: "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز بود شود می شده یا اما باید شد های ها کند دارد ایران \
            گفت بین هر دو پس پیش سال روز ما شما او آنها من نمی صفحه کاربر پرونده ویرایش نیست هستند هست کنید شما نام دهد",
        endings: "-ها -های -ند -ید -یم -ست -ان -ده -ای",
    },
    Profile {
        code: "ur",
        script: Script::Arabic,
        letters: "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےئؤآأۂۃ",
        words: "کے کی میں ہے اور سے کا کو اس پر نے کہ ہیں یہ بھی تھا کر ایک وہ نہیں تو جو ہو گیا تھے کہا لیے ان پاکستان",
        endings: "-وں -یں -نے",
    },
    Profile {
        code: "ug",
        script: Script::Arabic,
        letters: "ئاەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي",
        words: "ۋە بىلەن ئۈچۈن بۇ ئۇ شۇ دەپ دېدى بار يوق ئەمەس بولۇپ بولدى بولغان بولسا ئىدى ئىكەن ھەم ياكى لېكىن ئۇنىڭ ئۇلار \
            بىز سىز مېنىڭ ئۆز ئۆزى بارلىق ھەر بىر ئىككى ئۈچ يىل كۈن ئۇيغۇر شىنجاڭ دۆلەت خەلق ئادەم يېڭى ياخشى كۆپ بەت \
            ھۆججەت ئىشلەتكۈچى كېيىن كېرەك مۇمكىن",
        endings: "-نىڭ -لار -لەر -دى -غا -گە -دا -دە -دىن -لىق -لىك -ىپ -غان -گەن",
    },
    Profile {
        code: "kk",
        script: Script::Arabic,
        letters: "اٴٵبۆۋگعدەجزيكقلمنڭوٶپرستۇٷفحھىٸچشيءئ",
        words: "جانە ٴۇشىن ٴبىر بۇل ول وسى سول دەپ بار جوق ەمەس بولىپ بولدى بولعان قازاق قازاقستان بەت پاراق ەتۋ مەن تۋرالى \
            بويىنشا ارقىلى جۇيە جۇيەسى",
        endings: "-نىڭ -دىڭ -تىڭ -عان -گەن -لار -لەر -دى -عا -گە -دا -دە -لىق -لىك -ىپ",
    },
    Profile {
        code: "ps",
        script: Script::Arabic,
        letters: "اآبپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکګلمنڼوهيېۍئء",
        words: "د په او چې له کې سره دی ته دا یې شوی څخه هغه کړي پر ده وي نه افغانستان",
        endings: "",
    },
];
