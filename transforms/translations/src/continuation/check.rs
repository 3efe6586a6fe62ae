//! Checks of the section `continuation`: errors, and keys that have no effect. `pretrained` checks the models.

use crate::continuation::corpus::CORPORA;
use crate::parameter::refused;
use crate::pretrained::file_findings;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::schema::found;
use taskgraph_compat::redact::redact;
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

const SECTIONS: [&str; 3] = ["vocab", "corpora", "models"];

const LANGUAGES: [&str; 2] = ["src", "trg"];

/// They come together or not at all.
const ALIGNED: [&str; 3] = ["tok-src", "tok-trg", "alignments"];

/// All that is wrong, and warnings about keys that nothing reads.
pub(crate) fn check(params: &Params) -> Vec<Problem> {
    let mut check = Check { params, problems: Vec::new() };
    let path = KeyPath::dotted("training_config.continuation");
    let continuation = params.get("training_config").and_then(|config| config.get("continuation"));
    let Some(sections) = check.map(continuation, &path) else { return check.problems };
    check.known(sections, &path, &SECTIONS);
    let vocab = path.join("vocab");
    if let Some(files) = check.map(sections.get("vocab"), &vocab) {
        check.known(files, &vocab, &LANGUAGES);
        check.texts(files, &vocab, &LANGUAGES);
    }
    let path = path.join("corpora");
    if let Some(corpora) = check.map(sections.get("corpora"), &path) {
        check.known(corpora, &path, &CORPORA.map(|corpus| corpus.key));
        for corpus in &CORPORA {
            let path = path.join(corpus.key);
            let Some(files) = check.map(corpora.get(corpus.key), &path) else { continue };
            check.known(files, &path, &[LANGUAGES.as_slice(), &ALIGNED].concat());
            check.texts(files, &path, &LANGUAGES);
            if ALIGNED.iter().any(|key| files.contains_key(*key)) {
                check.texts(files, &path, &ALIGNED);
            }
        }
    }
    check.problems
}

struct Check<'p> {
    params: &'p Params,
    problems: Vec<Problem>,
}

impl<'p> Check<'p> {
    /// A section that has to be a map. Nothing (null) is as good as none.
    fn map(&mut self, value: Option<&'p Value>, path: &KeyPath) -> Option<&'p Map> {
        match value? {
            Value::Null => None,
            Value::Map(map) => Some(map),
            other => {
                let message = format!("`{}` must be a map", path.last_key().unwrap_or_default());
                self.wrong(path, message, other);
                None
            }
        }
    }

    fn wrong(&mut self, path: &KeyPath, message: String, value: &Value) {
        let label = format!("found {}", redact(&found(value)));
        let problem = refused(self.params, "wrong-value", path, message, label);
        self.problems.push(problem);
    }

    /// Warns of keys that nothing reads.
    fn known(&mut self, map: &Map, path: &KeyPath, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&&***key)) {
            let path = path.join(key);
            // The schema of the reference has a shorter word for alignments than the kinds that read it.
            let nearest = match &**key {
                "aln" => Some("alignments").filter(|word| known.contains(word)),
                key => suggest::nearest(key, known.iter().copied()),
            };
            let label = match nearest {
                Some(nearest) => format!("nothing reads it; did you mean `{nearest}`?"),
                None => format!("nothing reads it; known here: {}", suggest::list(known.iter().copied())),
            };
            let message = format!("`{key}` has no effect");
            self.problems.push(
                Problem::warning("no-effect", message)
                    .at(self.params.path_in_file(&path), label)
                    .in_place(self.params.place_of_key(&path)),
            );
        }
    }

    /// Checks the url of a file. The task that fetches a wrong one would fail.
    fn url(&mut self, url: &str, path: &KeyPath) {
        // What a person calls it: `vocab.src`.
        let name = KeyPath(path.0.get(path.0.len().saturating_sub(2)..).unwrap_or_default().to_vec());
        let found = file_findings(url, &name.to_string()).into_iter();
        self.problems.extend(found.map(|finding| finding.would_fail(self.params, path)));
    }

    /// Keys that have to be there, each with the url of a file.
    fn texts(&mut self, map: &Map, path: &KeyPath, keys: &[&str]) {
        for key in keys {
            let path = path.join(*key);
            match map.get(*key) {
                Some(Value::Str(url)) => self.url(url, &path),
                Some(other) => self.wrong(&path, format!("`{key}` must be a string"), other),
                None => {
                    let together = suggest::list(keys.iter().copied()).replace(" or ", " and ");
                    self.problems.push(
                        Problem::error("missing-key", format!("missing key `{key}`"))
                            .at(self.params.path_in_file(&path), format!("{together} have to be here"))
                            .in_place(self.params.place_of_key(&path)),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::params;

    fn messages(continuation: &str) -> Vec<String> {
        let problems = check(&params(&format!("training_config: {{continuation: {continuation}}}")));
        let messages = problems.iter().map(|problem| {
            format!("{}: {} at {}: {}", problem.code, problem.message, problem.path, problem.label)
                .replace("training_config.continuation", "…")
        });
        messages.collect()
    }

    #[test]
    fn nothing_is_wrong_with_what_kinds_read() {
        assert_eq!(
            messages(
                "{corpora: {parallel: {src: https://h/a, trg: https://h/b}}, vocab: {src: https://h/a, trg: https://h/b}, models: {x: 1}}"
            ),
            [""; 0]
        );
        assert_eq!(messages("{corpora: , vocab: }"), [""; 0]);
        assert_eq!(messages(""), [""; 0]);
    }

    #[test]
    fn keys_that_nothing_reads_have_no_effect() {
        assert_eq!(
            messages(
                "{corpora: {paralell: {}, distillation: {src: https://h/a, trg: https://h/b, aln: c}}, vocabs: {}, vocab: {src: https://h/a, trg: https://h/b, x: c}}"
            ),
            [
                "no-effect: `vocabs` has no effect at ….vocabs: nothing reads it; did you mean `vocab`?",
                "no-effect: `x` has no effect at ….vocab.x: nothing reads it; known here: src or trg",
                "no-effect: `paralell` has no effect at ….corpora.paralell: \
                 nothing reads it; did you mean `parallel`?",
                "no-effect: `aln` has no effect at ….corpora.distillation.aln: \
                 nothing reads it; did you mean `alignments`?",
            ]
        );
    }

    #[test]
    fn files_are_fetched_over_http() {
        assert_eq!(
            messages("{vocab: {src: gs://b/a.spm, trg: https://github.com/o/r/blob/main/b.spm}}"),
            [
                "would-fail: `gs://b/a.spm` is not an http(s) url at ….vocab.src: workers download over https",
                "would-fail: `https://github.com/o/r/blob/main/b.spm` is a page of GitHub at ….vocab.trg: \
                 workers fetch a file",
            ]
        );
    }

    #[test]
    fn files_that_belong_together_are_missed() {
        assert_eq!(
            messages(
                "{corpora: {parallel: {src: https://h/a, tok-src: https://h/b, alignments: 1}}, vocab: [x]}"
            ),
            [
                "wrong-value: `vocab` must be a map at ….vocab: found a list",
                "missing-key: missing key `trg` at ….corpora.parallel.trg: src and trg have to be here",
                "missing-key: missing key `tok-trg` at ….corpora.parallel.tok-trg: \
                 tok-src, tok-trg and alignments have to be here",
                "wrong-value: `alignments` must be a string at ….corpora.parallel.alignments: found the integer 1",
            ]
        );
    }
}
