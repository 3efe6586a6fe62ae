//! Datasets: `provider_name` in a training config, `provider` and `dataset` as attributes of tasks, and the name
//! made fit for labels and files.

use std::hash::{Hash, Hasher};

use crate::parameter::refused;
use crate::pipeline_version::PipelineVersion;
use anyhow::Result;
use foldhash::fast::RandomState;
use indexmap::IndexSet;
use md5::{Digest, Md5};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::parameters::Params;
use taskgraph::tree::hex;
use taskgraph_compat::python::path::stem;
use taskgraph_compat::python::url::Url;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Path of the datasets in the parameters: category to names.
pub(crate) const DATASETS: &str = "training_config.datasets";

/// Names end up in labels, labels in routes, and a route has at most 256 characters.
const LONGEST_NAME: usize = 50;

/// A dataset as a training config names it: `opus_Books/v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dataset<'p> {
    /// The whole of it: `opus_Books/v1`.
    pub full: &'p str,
    /// Provider: `opus`.
    pub provider: &'p str,
    /// Name at the provider: `Books/v1`.
    pub name: &'p str,
}

/// Datasets, each once.
type Datasets<'p> = IndexSet<Dataset<'p>, RandomState>;

impl Hash for Dataset<'_> {
    /// The other fields are parts of this one.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.full.hash(state);
    }
}

impl<'p> Dataset<'p> {
    /// Parts the provider from the name.
    pub(crate) fn parse(full: &'p str) -> Option<Self> {
        full.split_once('_').map(|(provider, name)| Dataset { full, provider, name })
    }
}

/// The datasets of a category, or of all, each once, in the order of the config. A category that is not there has
/// none in July 2026, and is missing in December 2024.
pub(crate) fn read<'p>(
    params: &'p Params,
    pipeline_version: PipelineVersion,
    category: Option<&str>,
) -> Result<Datasets<'p>> {
    let mut out = Datasets::default();
    let mut problems = Vec::new();
    match category {
        Some(category) => {
            let path = format!("{DATASETS}.{category}");
            match params.deep_get(&path) {
                Value::Null if pipeline_version == PipelineVersion::July2026 => {}
                Value::Null => problems.push(
                    refused(
                        params,
                        "missing-key",
                        &KeyPath::dotted(&path),
                        format!("missing key `{category}`"),
                        "",
                    )
                    .help(format!("this tree needs the datasets of `{category}`; an empty list is fine")),
                ),
                list => take(params, category, list, &mut out, &mut problems),
            }
        }
        None => {
            for (category, list) in params.entries(DATASETS) {
                take(params, category, list, &mut out, &mut problems);
            }
        }
    }
    Problems(problems).check()?;
    Ok(out)
}

/// The categories of data in two languages. A url there has a place for either language.
pub(crate) const PARALLEL: [&str; 3] = ["train", "devtest", "test"];

/// The files of datasets that are named by their urls. Python: the importer `url`.
pub(crate) fn files(params: &Params) -> Vec<(KeyPath, String)> {
    let path = KeyPath::dotted(DATASETS);
    let text = |path: &str| params.find(&KeyPath::dotted(path)).and_then(Value::as_str).unwrap_or_default();
    let languages = ["training_config.experiment.src", "training_config.experiment.trg"].map(text);
    let mut files: Vec<(KeyPath, String)> = Vec::new();
    for (category, list) in params.find(&path).and_then(Value::as_map).into_iter().flatten() {
        for (index, item) in list.as_list().unwrap_or_default().iter().enumerate() {
            let Some(dataset) = item.as_str().and_then(Dataset::parse) else { continue };
            if dataset.provider != "url" {
                continue;
            }
            let path = path.join(category).join(index);
            match PARALLEL.contains(&&**category) && dataset.name.contains("[LANG]") {
                true => files.extend(
                    languages.iter().map(|language| (path.clone(), dataset.name.replace("[LANG]", language))),
                ),
                false => files.push((path, dataset.name.to_owned())),
            }
        }
    }
    files
}

/// All datasets whose name has no provider.
pub(crate) fn check(params: &Params) -> Vec<Problem> {
    let mut problems = Vec::new();
    let datasets = params.get("training_config").and_then(|config| config.get("datasets")?.as_map());
    for (category, list) in datasets.into_iter().flatten() {
        take(params, category, list, &mut Datasets::default(), &mut problems);
    }
    problems
}

fn take<'p>(
    params: &'p Params,
    category: &str,
    list: &'p Value,
    out: &mut Datasets<'p>,
    problems: &mut Vec<Problem>,
) {
    for (index, item) in list.as_list().unwrap_or_default().iter().enumerate() {
        // What is not a text at all is refused by the schema of the parameters.
        let Some(full) = item.as_str() else { continue };
        match Dataset::parse(full) {
            Some(dataset) => {
                out.insert(dataset);
            }
            None => problems.push(refused(
                params,
                "wrong-value",
                &KeyPath::dotted(DATASETS).join(category).join(index),
                format!("dataset `{full}` has no provider"),
                "write `provider_name`, for example `opus_Books/v1`",
            )),
        }
    }
}

/// The name of a dataset as labels, files and artifacts have it. A url gives its host, its file and a part of its
/// hash; a long name is cut and gets the hash as well. Python: `util.dataset_helpers.sanitize_dataset_name`.
pub(crate) fn sanitize(pipeline_version: PipelineVersion, name: &str) -> Result<String> {
    let short = if name.starts_with("https://") || name.starts_with("http://") {
        let url = Url::split(name)?;
        let host = match url.hostname() {
            Some(host) if host == "storage.googleapis.com" => "gcp".into(),
            Some(host) => host,
            // Python: `f"{None}"`.
            None => "None".into(),
        };
        let file = stem(without_params(&url.path)).replace(".[LANG]", "").replace("[LANG]", "");
        format!("{host}_{file}_{}", hash(name))
    } else if name.chars().count() > LONGEST_NAME {
        let cut: String = name.chars().take(LONGEST_NAME).collect();
        format!("{cut}_{}", hash(name))
    } else {
        name.into()
    };
    let short = short.replace("://", "_").replace(['/', '.', ':', '[', ']'], "_");
    Ok(match pipeline_version {
        PipelineVersion::December2024 => short,
        PipelineVersion::July2026 => short.replace('@', "_"),
    })
}

/// Python: `urlparse` cuts `;…` off the last part of a path.
fn without_params(path: &str) -> &str {
    let last = path.rfind('/').unwrap_or_default();
    path[last..].find(';').map_or(path, |at| &path[..last + at])
}

fn hash(name: &str) -> String {
    hex(&Md5::digest(name))[..6].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::params;

    #[test]
    fn a_short_name_loses_its_slashes_and_dots() {
        assert_eq!(sanitize(PipelineVersion::December2024, "ELRC-3075/v1.2").unwrap(), "ELRC-3075_v1_2");
    }

    #[test]
    fn an_at_sign_goes_in_the_later_dialect() {
        assert_eq!(sanitize(PipelineVersion::December2024, "a@b").unwrap(), "a@b");
        assert_eq!(sanitize(PipelineVersion::July2026, "a@b").unwrap(), "a_b");
    }

    #[test]
    fn a_url_becomes_host_file_and_hash() {
        assert_eq!(
            sanitize(
                PipelineVersion::December2024,
                "https://storage.googleapis.com/bucket/a/pytest-dataset.[LANG].zst"
            )
            .unwrap(),
            "gcp_pytest-dataset_ad112a"
        );
    }

    #[test]
    fn a_long_name_is_cut_by_characters() {
        let name = "ö".repeat(51);
        let short = sanitize(PipelineVersion::December2024, &name).unwrap();
        assert_eq!(short.chars().count(), 57);
        assert!(short.starts_with(&"ö".repeat(50)));
        assert_eq!(sanitize(PipelineVersion::December2024, &"ö".repeat(50)).unwrap(), "ö".repeat(50));
    }

    #[test]
    fn each_dataset_comes_once_and_in_order() {
        let params =
            params("training_config: {datasets: {train: [b_2, a_1, b_2], test: [a_1, c_3], mono-src: []}}");
        let names = |category| {
            read(&params, PipelineVersion::December2024, category)
                .unwrap()
                .iter()
                .map(|one| one.full)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(None), ["b_2", "a_1", "c_3"]);
        assert_eq!(names(Some("train")), ["b_2", "a_1"]);
        assert!(names(Some("mono-src")).is_empty());
        assert!(read(&params, PipelineVersion::December2024, Some("devtest")).is_err());
        assert!(read(&params, PipelineVersion::July2026, Some("devtest")).unwrap().is_empty());
    }

    #[test]
    fn urls_have_a_place_for_each_language() {
        let config = "training_config: {experiment: {src: ru, trg: en}, datasets: {train: [opus_x/v1, \
                      'url_https://h/c.[LANG].zst'], mono-src: ['url_https://h/[LANG].zst']}}";
        let messages: Vec<String> = files(&params(config))
            .into_iter()
            .map(|(path, url)| format!("{} {url}", path.to_string().replace("training_config.", "")))
            .collect();
        assert_eq!(
            messages,
            [
                "datasets.train[1] https://h/c.ru.zst",
                "datasets.train[1] https://h/c.en.zst",
                "datasets.mono-src[0] https://h/[LANG].zst",
            ]
        );
    }

    #[test]
    fn a_dataset_without_a_provider_is_reported_with_its_place() {
        let problems =
            check(&params("training_config:\n  datasets:\n    train:\n    - opus_x\n    - Books\n"));
        let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            ["params.yml:5:7: dataset `Books` has no provider (at training_config.datasets.train[1]): \
              write `provider_name`, for example `opus_Books/v1`"]
        );
    }
}
