//! Codes of languages: the two letters of ISO 639-1, the three of ISO 639-3, and the name in English.

use taskgraph_compat::suggest;

/// All languages that have two letters.
const CODES: &[(&str, &str, &str)] = &[
    ("aa", "aar", "Afar"),
    ("ab", "abk", "Abkhazian"),
    ("ae", "ave", "Avestan"),
    ("af", "afr", "Afrikaans"),
    ("ak", "aka", "Akan"),
    ("am", "amh", "Amharic"),
    ("an", "arg", "Aragonese"),
    ("ar", "ara", "Arabic"),
    ("as", "asm", "Assamese"),
    ("av", "ava", "Avaric"),
    ("ay", "aym", "Aymara"),
    ("az", "aze", "Azerbaijani"),
    ("ba", "bak", "Bashkir"),
    ("be", "bel", "Belarusian"),
    ("bg", "bul", "Bulgarian"),
    ("bi", "bis", "Bislama"),
    ("bm", "bam", "Bambara"),
    ("bn", "ben", "Bengali"),
    ("bo", "bod", "Tibetan"),
    ("br", "bre", "Breton"),
    ("bs", "bos", "Bosnian"),
    ("ca", "cat", "Catalan"),
    ("ce", "che", "Chechen"),
    ("ch", "cha", "Chamorro"),
    ("co", "cos", "Corsican"),
    ("cr", "cre", "Cree"),
    ("cs", "ces", "Czech"),
    ("cu", "chu", "Church Slavic"),
    ("cv", "chv", "Chuvash"),
    ("cy", "cym", "Welsh"),
    ("da", "dan", "Danish"),
    ("de", "deu", "German"),
    ("dv", "div", "Dhivehi"),
    ("dz", "dzo", "Dzongkha"),
    ("ee", "ewe", "Ewe"),
    ("el", "ell", "Greek"),
    ("en", "eng", "English"),
    ("eo", "epo", "Esperanto"),
    ("es", "spa", "Spanish"),
    ("et", "est", "Estonian"),
    ("eu", "eus", "Basque"),
    ("fa", "fas", "Persian"),
    ("ff", "ful", "Fulah"),
    ("fi", "fin", "Finnish"),
    ("fj", "fij", "Fijian"),
    ("fo", "fao", "Faroese"),
    ("fr", "fra", "French"),
    ("fy", "fry", "Frisian"),
    ("ga", "gle", "Irish"),
    ("gd", "gla", "Scottish Gaelic"),
    ("gl", "glg", "Galician"),
    ("gn", "grn", "Guarani"),
    ("gu", "guj", "Gujarati"),
    ("gv", "glv", "Manx"),
    ("ha", "hau", "Hausa"),
    ("he", "heb", "Hebrew"),
    ("hi", "hin", "Hindi"),
    ("ho", "hmo", "Hiri Motu"),
    ("hr", "hrv", "Croatian"),
    ("ht", "hat", "Haitian"),
    ("hu", "hun", "Hungarian"),
    ("hy", "hye", "Armenian"),
    ("hz", "her", "Herero"),
    ("ia", "ina", "Interlingua"),
    ("id", "ind", "Indonesian"),
    ("ie", "ile", "Interlingue"),
    ("ig", "ibo", "Igbo"),
    ("ii", "iii", "Sichuan Yi"),
    ("ik", "ipk", "Inupiaq"),
    ("io", "ido", "Ido"),
    ("is", "isl", "Icelandic"),
    ("it", "ita", "Italian"),
    ("iu", "iku", "Inuktitut"),
    ("ja", "jpn", "Japanese"),
    ("jv", "jav", "Javanese"),
    ("ka", "kat", "Georgian"),
    ("kg", "kon", "Kongo"),
    ("ki", "kik", "Kikuyu"),
    ("kj", "kua", "Kuanyama"),
    ("kk", "kaz", "Kazakh"),
    ("kl", "kal", "Kalaallisut"),
    ("km", "khm", "Khmer"),
    ("kn", "kan", "Kannada"),
    ("ko", "kor", "Korean"),
    ("kr", "kau", "Kanuri"),
    ("ks", "kas", "Kashmiri"),
    ("ku", "kur", "Kurdish"),
    ("kv", "kom", "Komi"),
    ("kw", "cor", "Cornish"),
    ("ky", "kir", "Kyrgyz"),
    ("la", "lat", "Latin"),
    ("lb", "ltz", "Luxembourgish"),
    ("lg", "lug", "Ganda"),
    ("li", "lim", "Limburgan"),
    ("ln", "lin", "Lingala"),
    ("lo", "lao", "Lao"),
    ("lt", "lit", "Lithuanian"),
    ("lu", "lub", "Luba-Katanga"),
    ("lv", "lav", "Latvian"),
    ("mg", "mlg", "Malagasy"),
    ("mh", "mah", "Marshallese"),
    ("mi", "mri", "Maori"),
    ("mk", "mkd", "Macedonian"),
    ("ml", "mal", "Malayalam"),
    ("mn", "mon", "Mongolian"),
    ("mr", "mar", "Marathi"),
    ("ms", "msa", "Malay"),
    ("mt", "mlt", "Maltese"),
    ("my", "mya", "Burmese"),
    ("na", "nau", "Nauru"),
    ("nb", "nob", "Bokmål"),
    ("nd", "nde", "North Ndebele"),
    ("ne", "nep", "Nepali"),
    ("ng", "ndo", "Ndonga"),
    ("nl", "nld", "Dutch"),
    ("nn", "nno", "Nynorsk"),
    ("no", "nor", "Norwegian"),
    ("nr", "nbl", "South Ndebele"),
    ("nv", "nav", "Navajo"),
    ("ny", "nya", "Nyanja"),
    ("oc", "oci", "Occitan"),
    ("oj", "oji", "Ojibwa"),
    ("om", "orm", "Oromo"),
    ("or", "ori", "Odia"),
    ("os", "oss", "Ossetian"),
    ("pa", "pan", "Panjabi"),
    ("pi", "pli", "Pali"),
    ("pl", "pol", "Polish"),
    ("ps", "pus", "Pashto"),
    ("pt", "por", "Portuguese"),
    ("qu", "que", "Quechua"),
    ("rm", "roh", "Romansh"),
    ("rn", "run", "Rundi"),
    ("ro", "ron", "Romanian"),
    ("ru", "rus", "Russian"),
    ("rw", "kin", "Kinyarwanda"),
    ("sa", "san", "Sanskrit"),
    ("sc", "srd", "Sardinian"),
    ("sd", "snd", "Sindhi"),
    ("se", "sme", "Northern Sami"),
    ("sg", "sag", "Sango"),
    ("si", "sin", "Sinhala"),
    ("sk", "slk", "Slovak"),
    ("sl", "slv", "Slovenian"),
    ("sm", "smo", "Samoan"),
    ("sn", "sna", "Shona"),
    ("so", "som", "Somali"),
    ("sq", "sqi", "Albanian"),
    ("sr", "srp", "Serbian"),
    ("ss", "ssw", "Swati"),
    ("st", "sot", "Southern Sotho"),
    ("su", "sun", "Sundanese"),
    ("sv", "swe", "Swedish"),
    ("sw", "swa", "Swahili"),
    ("ta", "tam", "Tamil"),
    ("te", "tel", "Telugu"),
    ("tg", "tgk", "Tajik"),
    ("th", "tha", "Thai"),
    ("ti", "tir", "Tigrinya"),
    ("tk", "tuk", "Turkmen"),
    ("tl", "tgl", "Tagalog"),
    ("tn", "tsn", "Tswana"),
    ("to", "ton", "Tonga"),
    ("tr", "tur", "Turkish"),
    ("ts", "tso", "Tsonga"),
    ("tt", "tat", "Tatar"),
    ("tw", "twi", "Twi"),
    ("ty", "tah", "Tahitian"),
    ("ug", "uig", "Uyghur"),
    ("uk", "ukr", "Ukrainian"),
    ("ur", "urd", "Urdu"),
    ("uz", "uzb", "Uzbek"),
    ("ve", "ven", "Venda"),
    ("vi", "vie", "Vietnamese"),
    ("vo", "vol", "Volapük"),
    ("wa", "wln", "Walloon"),
    ("wo", "wol", "Wolof"),
    ("xh", "xho", "Xhosa"),
    ("yi", "yid", "Yiddish"),
    ("yo", "yor", "Yoruba"),
    ("za", "zha", "Zhuang"),
    ("zh", "zho", "Chinese"),
    ("zu", "zul", "Zulu"),
];

/// Classification of a language code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// A language, maybe with a script or a region: `ru`, `zh_hant`, `hbs`.
    Known,
    /// Three letters of a language that has two: those.
    Longer(&'static str),
    /// No code. What was meant, with its name, if that is plain.
    Unknown(Option<(&'static str, &'static str)>),
}

impl Code {
    /// Classifies `text`. Three letters may be any language that has no two-letter code: there are thousands.
    pub(super) fn of(text: &str) -> Self {
        let mut parts = text.split(['_', '-']);
        let language = parts.next().unwrap_or_default();
        let are_subtags = parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let is_lower = language.bytes().all(|byte| byte.is_ascii_lowercase());
        if !are_subtags || !is_lower {
            return Code::Unknown(meant(text));
        }
        match (language.len(), CODES.iter().find(|(two, three, _)| [*two, *three].contains(&language))) {
            (2, Some(_)) => Code::Known,
            (3, Some((two, ..))) => Code::Longer(two),
            (3, None) => Code::Known,
            _ => Code::Unknown(meant(text)),
        }
    }
}

/// The language that was meant by its code in another case, or by its name.
fn meant(text: &str) -> Option<(&'static str, &'static str)> {
    let lower = text.to_lowercase();
    let language = lower.split(['_', '-']).next().unwrap_or_default();
    let by_code = CODES.iter().find(|(two, three, _)| [*two, *three].contains(&language));
    let by_name = || {
        let name = suggest::nearest(text, CODES.iter().map(|(_, _, name)| *name))?;
        CODES.iter().find(|(_, _, known)| *known == name)
    };
    by_code.or_else(by_name).map(|(two, _, name)| (*two, *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_letters() {
        for known in ["ru", "en", "no", "zh_hant", "pt-BR", "sr_cyrl", "hbs", "kab"] {
            assert_eq!(Code::of(known), Code::Known, "{known}");
        }
        assert_eq!(Code::of("rus"), Code::Longer("ru"));
    }

    #[test]
    fn what_was_meant_is_found_by_case_and_by_name() {
        assert_eq!(Code::of("RU"), Code::Unknown(Some(("ru", "Russian"))));
        assert_eq!(Code::of("russian"), Code::Unknown(Some(("ru", "Russian"))));
        assert_eq!(Code::of("Finish"), Code::Unknown(Some(("fi", "Finnish"))));
        assert_eq!(Code::of("en_GB.UTF-8"), Code::Unknown(Some(("en", "English"))));
        for nothing in ["xx", "", "false", "7", "x y", "qqqqqqqq", "\u{1b}[31m"] {
            assert_eq!(Code::of(nothing), Code::Unknown(None), "{nothing:?}");
        }
    }
}
