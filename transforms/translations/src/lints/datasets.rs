//! Lists of datasets: what stands there twice, and what is tested on although it was trained on.

use std::collections::BTreeMap;

use crate::config::datasets::{DATASETS, Dataset, PARALLEL, sanitize};
use crate::lints::{warning, would_fail};
use crate::pipeline_version::PipelineVersion;
use crate::pretrained::file_findings;
use indexmap::IndexMap;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Pairs of categories whose datasets must be disjoint.
const APART: [(&str, &str); 3] = [("test", "train"), ("test", "devtest"), ("devtest", "train")];

pub(super) fn check(params: &Params, pipeline_version: PipelineVersion) -> Vec<Problem> {
    let path = KeyPath::dotted(DATASETS);
    let mut problems = Vec::new();
    let mut lists: IndexMap<&str, BTreeMap<&str, KeyPath>> = IndexMap::new();
    for (category, items) in params.find(&path).and_then(Value::as_map).into_iter().flatten() {
        let path = path.join(category);
        let mut list =
            List { params, pipeline_version, category, named: BTreeMap::new(), labelled: BTreeMap::new() };
        for (index, item) in items.as_list().unwrap_or_default().iter().enumerate() {
            if let Some(dataset) = item.as_str().and_then(Dataset::parse) {
                problems.extend(list.take(dataset, path.join(index)));
            }
        }
        lists.insert(category, list.named);
    }
    problems.extend(APART.iter().flat_map(|(tested, trained)| {
        let both = lists.get(tested).zip(lists.get(trained));
        both.into_iter()
            .flat_map(|(tested, trained)| {
                tested.iter().filter_map(|(name, path)| Some((*name, path, trained.get(name)?)))
            })
            .map(|(name, path, other)| {
                let message = format!("`{name}` is in `{tested}` and in `{trained}`");
                warning(
                    params,
                    "seen-before",
                    path,
                    message,
                    "scores on data that was seen before say little",
                )
                .with(params.place_of_value(other), "it stands here, too")
            })
            .collect::<Vec<_>>()
    }));
    problems
}

/// A list of datasets that grows.
struct List<'p> {
    params: &'p Params,
    pipeline_version: PipelineVersion,
    category: &'p str,
    named: BTreeMap<&'p str, KeyPath>,
    labelled: BTreeMap<String, KeyPath>,
}

impl<'p> List<'p> {
    fn take(&mut self, dataset: Dataset<'p>, path: KeyPath) -> Option<Problem> {
        let full = dataset.full;
        if let Some(first) = self.named.get(full) {
            let problem = warning(
                self.params,
                "twice",
                &path,
                format!("`{full}` stands here twice"),
                "it is used once",
            );
            return Some(problem.with(self.params.place_of_value(first), "it stands here first"));
        }
        self.named.insert(full, path.clone());
        let is_url = dataset.provider == "url";
        // The importer fetches the file of each language over http.
        let findings = if is_url { file_findings(dataset.name, full) } else { Vec::new() };
        if let Some(finding) = findings.into_iter().next() {
            let mut problem = finding.would_fail(self.params, &path);
            problem.help = problem.help.map(|help| help.replacen("write ", "write url_", 1));
            return Some(problem);
        }
        if is_url && PARALLEL.contains(&self.category) && !full.contains("[LANG]") {
            let label = "without `[LANG]` in the url both languages get the same file";
            return Some(warning(
                self.params,
                "one-language",
                &path,
                format!("`{full}` names one file"),
                label,
            ));
        }
        // A url that makes no sense is refused where the graph is made.
        let label = format!("{} {}", dataset.provider, sanitize(self.pipeline_version, dataset.name).ok()?);
        if let Some(first) = self.labelled.get(&label) {
            let message = format!("`{full}` gets the label of another dataset");
            let label = "labels have `_` for `/`, `.` and `:`; leave one of the two out";
            let problem = would_fail(self.params, &path, message, label);
            return Some(problem.with(self.params.place_of_value(first), "the other one"));
        }
        self.labelled.insert(label, path);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;

    #[test]
    fn the_importer_fetches_over_http() {
        assert_eq!(
            messages(
                "{datasets: {train: ['url_gs://b/c.[LANG].zst'], mono-src: ['url_ftp://h/a.zst']}}",
                PipelineVersion::July2026,
                check
            ),
            [
                "would-fail datasets.train[0]: `gs://b/c.[LANG].zst` is not an http(s) url: workers download over https",
                "would-fail datasets.mono-src[0]: `ftp://h/a.zst` is not an http(s) url: it has to begin with https://",
            ]
        );
    }

    #[test]
    fn datasets_stand_once_and_are_tested_on_apart() {
        let config = "{datasets: {train: [opus_A/v1, opus_A/v1, opus_A_v1, 'url_https://h/a.zst', \
                      'url_https://h/a.[LANG].zst'], devtest: [flores_dev], test: [flores_dev, opus_A/v1]}}";
        assert_eq!(
            messages(config, PipelineVersion::December2024, check),
            [
                "twice datasets.train[1]: `opus_A/v1` stands here twice: it is used once",
                "would-fail datasets.train[2]: `opus_A_v1` gets the label of another dataset: \
                 labels have `_` for `/`, `.` and `:`; leave one of the two out",
                "one-language datasets.train[3]: `url_https://h/a.zst` names one file: \
                 without `[LANG]` in the url both languages get the same file",
                "seen-before datasets.test[1]: `opus_A/v1` is in `test` and in `train`: \
                 scores on data that was seen before say little",
                "seen-before datasets.test[0]: `flores_dev` is in `test` and in `devtest`: \
                 scores on data that was seen before say little",
            ]
        );
    }
}
