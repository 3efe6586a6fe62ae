//! The languages of the experiment against those that names of datasets have in them.

use crate::config::datasets::{DATASETS, Dataset};
use crate::lints::language_codes::Code;
use crate::lints::{warning, would_fail};
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Languages by their two letters (ISO 639-1) and their three (ISO 639-3): those that the pipeline is used for.
const LANGUAGES: &[(&str, &str)] = &[
    ("af", "afr"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("bs", "bos"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "eus"),
    ("fa", "fas"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("gl", "glg"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ka", "kat"),
    ("kk", "kaz"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mr", "mar"),
    ("ms", "msa"),
    ("mt", "mlt"),
    ("nb", "nob"),
    ("nl", "nld"),
    ("nn", "nno"),
    ("no", "nor"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sq", "sqi"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("vi", "vie"),
    ("zh", "zho"),
];

const SRC: &str = "training_config.experiment.src";
const TRG: &str = "training_config.experiment.trg";

pub(super) fn check(params: &Params) -> Vec<Problem> {
    let text = |path: &str| params.find(&path.into()).and_then(Value::as_str);
    let mut problems: Vec<Problem> =
        [SRC, TRG].iter().filter_map(|path| code(params, &KeyPath::dotted(path), text(path)?)).collect();
    let (Some(src), Some(trg)) = (text(SRC), text(TRG)) else { return problems };
    if src == trg {
        let label = "a model translates from one language into another";
        problems.push(
            would_fail(params, &KeyPath::dotted(TRG), format!("`src` and `trg` are both `{src}`"), label)
                .with(params.place_of_value(&KeyPath::dotted(SRC)), "the source language"),
        );
        return problems;
    }
    let (Some(from), Some(to)) = (three_letters(src), three_letters(trg)) else { return problems };
    let root = KeyPath::dotted(DATASETS);
    for (category, list) in params.find(&root).and_then(Value::as_map).into_iter().flatten() {
        for (index, item) in list.as_list().unwrap_or_default().iter().enumerate() {
            let Some(dataset) = item.as_str().and_then(Dataset::parse) else { continue };
            let wanted: Vec<&str> = match &**category {
                "mono-src" => vec![from],
                "mono-trg" => vec![to],
                _ => vec![from, to],
            };
            let Some(found) = languages_of(dataset, wanted.len()) else { continue };
            if wanted.iter().all(|wanted| found.contains(wanted)) {
                continue;
            }
            let path = root.join(category).join(index);
            let message = format!("`{}` is not for {}", dataset.full, two_letters(&wanted));
            let label = format!("its name says {}", two_letters(&found));
            problems.push(warning(params, "other-languages", &path, message, label).with(
                params.place_of_value(&KeyPath::dotted(SRC)),
                format!("the languages are {src} and {trg}"),
            ));
        }
    }
    problems
}

/// Checks the code of a language. It is a part of the names of datasets, and of requests to their hosts.
fn code(params: &Params, path: &KeyPath, found: &str) -> Option<Problem> {
    let key = path.last_key().unwrap_or_default();
    match Code::of(found) {
        Code::Known => None,
        Code::Longer(two) => {
            let message = format!("`{key}` has three letters, `{found}`, for a language that has two");
            Some(warning(params, "longer-code", path, message, format!("hosts of datasets know `{two}`")))
        }
        Code::Unknown(meant) => {
            let label = match meant {
                Some((two, name)) => format!("did you mean `{two}`, {name}?"),
                None => "the codes of ISO 639 are two or three small letters: `en`, `zh_hant`".into(),
            };
            let message = format!("`{}` is not a language code", suggest::shorten(found));
            Some(would_fail(params, path, message, label))
        }
    }
}

/// The languages in the name of a dataset, if it has as many as there have to be.
fn languages_of(dataset: Dataset<'_>, count: usize) -> Option<Vec<&'static str>> {
    let found: Vec<&str> = match dataset.provider {
        // `Tilde-eesc-2017-eng-fin`, `ELRC-x-1-eng_GB-deu_DE`
        "mtdata" => {
            let mut last: Vec<&str> = dataset.name.rsplitn(3, '-').take(2).filter_map(known).collect();
            last.reverse();
            last
        }
        // Only the file: folders may have the name of a project for another pair.
        "url" if count == 1 => {
            let file = dataset.name.rsplit('/').next().unwrap_or_default();
            let parts: Vec<&str> = file.split(['.', '_', '-']).collect();
            parts.iter().filter_map(|part| three_letters(part)).collect()
        }
        _ => Vec::new(),
    };
    (found.len() == count).then_some(found)
}

/// The language of a part of a name that has three letters, and maybe a region.
fn known(part: &str) -> Option<&'static str> {
    let language = part.split('_').next()?;
    LANGUAGES.iter().find(|(_, three)| *three == language).map(|(_, three)| *three)
}

/// The three letters of a locale: `zh_hant`, `pt-BR`.
fn three_letters(locale: &str) -> Option<&'static str> {
    let language = locale.split(['_', '-']).next()?;
    LANGUAGES.iter().find(|(two, three)| *two == language || *three == language).map(|(_, three)| *three)
}

/// `fin`, `eng and fin`, each with its two letters.
fn two_letters(languages: &[&str]) -> String {
    let two = languages
        .iter()
        .map(|wanted| LANGUAGES.iter().find(|(_, three)| three == wanted).map_or(*wanted, |(two, _)| *two));
    two.collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;
    use crate::pipeline_version::PipelineVersion;

    fn found(src: &str, trg: &str, datasets: &str) -> Vec<String> {
        let config = format!("{{experiment: {{src: {src}, trg: {trg}}}, datasets: {{{datasets}}}}}");
        messages(&config, PipelineVersion::December2024, |params, _| check(params))
    }

    #[test]
    fn languages_of_other_pairs_are_reported() {
        let datasets = "train: [mtdata_Tilde-eesc-2017-eng-fin, mtdata_x-1-eng_GB-swe_SE, opus_x/v1], \
                        mono-src: ['url_https://h/fi/nllb-mono-en.txt.zst', 'url_https://h/nllb-mono-fi.txt.zst']";
        assert_eq!(
            found("en", "fi", datasets),
            [
                "other-languages datasets.train[1]: `mtdata_x-1-eng_GB-swe_SE` is not for en and fi: \
                 its name says en and sv",
                "other-languages datasets.mono-src[1]: `url_https://h/nllb-mono-fi.txt.zst` is not for en: \
                 its name says fi",
            ]
        );
    }

    #[test]
    fn scripts_and_unknown_languages_are_no_doubt() {
        assert_eq!(found("zh_hant", "en", "train: [mtdata_x-1-zho_TW-eng]"), [""; 0]);
        assert_eq!(found("kab", "en", "train: [mtdata_x-1-deu-eng]"), [""; 0]);
        assert_eq!(found("en", "fi", "train: [mtdata_x-1-q-z]"), [""; 0]);
    }

    #[test]
    fn codes_are_those_of_languages() {
        assert_eq!(
            found("russian", "xx", "train: []"),
            [
                "would-fail experiment.src: `russian` is not a language code: did you mean `ru`, Russian?",
                "would-fail experiment.trg: `xx` is not a language code: \
                 the codes of ISO 639 are two or three small letters: `en`, `zh_hant`",
            ]
        );
        assert_eq!(
            found("RU", "eng", "train: []"),
            [
                "would-fail experiment.src: `RU` is not a language code: did you mean `ru`, Russian?",
                "longer-code experiment.trg: `trg` has three letters, `eng`, for a language that has two: \
                 hosts of datasets know `en`",
            ]
        );
    }

    #[test]
    fn one_language_is_one_too_few() {
        assert!(found("en", "en", "train: []")[0].starts_with("would-fail experiment.trg: `src` and `trg`"));
    }
}
