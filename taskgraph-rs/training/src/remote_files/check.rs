//! Checks of the files that a run would fetch.

use std::collections::BTreeMap;

use crate::model::Variant;
use crate::remote_files::absence::absences;
use crate::remote_files::answers::RemoteAnswers;
use crate::remote_files::content::contents;
use crate::remote_files::context::{CheckContext, day};
use crate::remote_files::file::RemoteFile;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph_compat::redact::redact;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::Str;

/// All that is wrong. `reads` is whether a training script reads a file of a model at all, `until` the time at which
/// the tasks of the run have to be done, both milliseconds after 1970.
pub fn judge(
    remotes: &[RemoteFile],
    answers: &RemoteAnswers,
    params: &Params,
    reads: Option<fn(Variant, &str) -> bool>,
    (now, until): (i64, i64),
) -> Vec<Problem> {
    let context = CheckContext { params, reads, now, until };
    let mut problems = absences(&context, remotes, answers);
    for remote in remotes {
        problems.extend(answers.expires(&remote.url).and_then(|expires| in_time(&context, remote, expires)));
    }
    problems.extend(contents(&context, remotes, answers));
    problems.extend(vocabularies(&context, remotes, answers));
    let mut messages: Vec<(Option<String>, String)> = Vec::new();
    problems.retain(|problem| {
        let key = (problem.place.as_ref().map(ToString::to_string), problem.message.clone());
        let is_new = !messages.contains(&key);
        messages.push(key);
        is_new
    });
    problems
}

/// Warns of artifacts that are deleted before the run has to be done.
fn in_time(context: &CheckContext<'_>, remote: &RemoteFile, expires: &str) -> Option<Problem> {
    let at = parse_json_date(expires)? / 1000;
    let message = format!("artifacts expire on {}, before the run has to be done", day(expires));
    let problem = context.at(Problem::warning("expires", message), remote, redact(remote.folder()));
    (at > context.now && at < context.until).then(|| problem.help("copy the files to a bucket"))
}

/// Returns the vocabularies that differ. Teachers of an ensemble decode together: they need the same one.
fn vocabularies(context: &CheckContext<'_>, remotes: &[RemoteFile], answers: &RemoteAnswers) -> Vec<Problem> {
    let mut first: BTreeMap<(&Str, &str), (&RemoteFile, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    for remote in remotes.iter().filter(|remote| remote.file.starts_with("vocab.")) {
        let content = answers.heads.get(&remote.url).and_then(|head| head.content.as_deref());
        let (Some(kind), Some(content)) = (&remote.kind, content) else { continue };
        match first.get(&(kind, remote.file.as_str())) {
            None => drop(first.insert((kind, &remote.file), (remote, content))),
            Some((other, known)) if comparable(known, content) && *known != content => {
                let message = format!("`{}` differs between the models of `{kind}`", remote.file);
                let label = "models that decode together need the same vocabulary";
                problems.push(
                    context
                        .at(Problem::error("other-vocabulary", message), remote, label)
                        .with(context.params.place_of_value(&other.path), "this one has another"),
                );
            }
            Some(_) => {}
        }
    }
    problems
}

/// Whether two hashes are of the same sort: `md5:…`, `crc32c:…`.
fn comparable(one: &str, other: &str) -> bool {
    one.split(':').next() == other.split(':').next() && !one.starts_with("etag:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::known_urls::Answer;
    use taskgraph::parameters::LoadedValues;
    use taskgraph::task::id::TaskId;
    use taskgraph_compat::source::Source;
    use taskgraph_taskcluster::url_check::Head;

    const TASK: &str = "https://tc/api/queue/v1/task/fOQsIonXQki5adS3LAQjRQ/artifacts/public/build/";

    fn remote(folder: &str, file: &str) -> RemoteFile {
        RemoteFile {
            path: "urls".into(),
            url: format!("{folder}{file}"),
            file: file.into(),
            task: taskgraph::task::Label::parse(&"train".into()).ok(),
            kind: Some("train-teacher".into()),
            variant: Some(Variant::Continue),
        }
    }

    fn head(answer: Answer, content: Option<&str>) -> Head {
        Head { bytes: Some(7), content: content.map(str::to_owned), ..Head::from(answer) }
    }

    fn messages(remotes: &[RemoteFile], answers: &RemoteAnswers) -> Vec<String> {
        let given = LoadedValues::read(Source::new("p.yml", "urls: [a, b]"), false).unwrap();
        let params = Params::new(given.values, vec![given.layer]);
        let reads: fn(Variant, &str) -> bool = |_, file| file == "model.npz";
        let until = parse_json_date("2026-12-05T00:00:00.000Z").unwrap() / 1000;
        let now = parse_json_date("2026-11-25T00:00:00.000Z").unwrap() / 1000;
        let problems = judge(remotes, answers, &params, Some(reads), (now, until));
        let messages = problems.iter().map(|problem| {
            format!("{} {}: {}", problem.code, problem.message, problem.help.as_deref().unwrap_or_default())
        });
        messages.collect()
    }

    /// Returns the messages about files of one folder that answer like this.
    fn absent(files: &[(&str, Answer)]) -> Vec<String> {
        let remotes: Vec<RemoteFile> = files.iter().map(|(file, _)| remote("https://h/m/", file)).collect();
        let heads = remotes.iter().zip(files);
        let heads = heads.map(|(remote, (_, answer))| (remote.url.clone(), head(answer.clone(), None)));
        messages(&remotes, &RemoteAnswers { heads: heads.collect(), ..RemoteAnswers::default() })
    }

    #[test]
    fn a_missing_file_says_whether_it_is_read() {
        let (missing, found) = (Answer::Missing(Some(404)), Answer::Found);
        assert_eq!(
            absent(&[("model.npz", missing.clone()), ("train.log", found.clone())]),
            ["no-such-file `model.npz` is not there (status 404): needed for continue: the run reads it"]
        );
        assert_eq!(
            absent(&[("model.npz", found.clone()), ("train.log", missing.clone())]),
            ["no-such-file `train.log` is not there (status 404): nothing reads it for continue, \
              but a worker refuses to start without: any file of this name will do"]
        );
        assert_eq!(
            absent(&[("a.log", missing.clone()), ("x", found), ("model.npz", missing)]),
            ["no-such-file 2 of 3 files are not there (status 404): `a.log` and `model.npz`: \
              needed for continue: the run reads `model.npz`"]
        );
    }

    #[test]
    fn one_cause_is_reported_once() {
        let files: Vec<String> = (1..=17).map(|number| format!("{number}.npz")).collect();
        let all = |answer: Answer| {
            absent(&files.iter().map(|file| (file.as_str(), answer.clone())).collect::<Vec<_>>())
        };
        assert_eq!(
            all(Answer::Missing(Some(404))),
            [
                "no-such-file none of the 17 files is there (status 404): is the address right? it is that of a folder, \
              and a worker fetches each file from it, as `https://h/m/1.npz`"
            ]
        );
        assert_eq!(
            all(Answer::Missing(Some(403))),
            ["no-such-file none of the 17 files may be read (status 403): \
              a worker fetches files without credentials: everybody has to be able to read them"]
        );
        assert_eq!(
            all(Answer::Failed("no answer in 10 s".into())),
            ["probe cannot tell whether any of the 17 files is there: no answer in 10 s: "]
        );
        let mut some: Vec<(&str, Answer)> =
            files.iter().map(|file| (file.as_str(), Answer::Missing(Some(403)))).collect();
        some[0].1 = Answer::Found;
        assert_eq!(
            absent(&some),
            [
                "no-such-file 16 of 17 files may not be read (status 403): `2.npz`, `3.npz`, `4.npz`, `5.npz` and 12 more: \
              a worker fetches files without credentials: everybody has to be able to read them"
            ]
        );
    }

    #[test]
    fn artifacts_have_to_outlive_the_run() {
        let files = [remote(TASK, "model.npz"), remote(TASK, "train.log")];
        let id = TaskId::parse("fOQsIonXQki5adS3LAQjRQ").unwrap();
        let expires = |one: &str, other: &str| {
            let times = [("public/build/model.npz", one), ("public/build/train.log", other)];
            let times = times.map(|(name, day)| (name.to_owned(), format!("{day}T01:00:00.000Z")));
            RemoteAnswers {
                expires: BTreeMap::from([(id.clone(), times.into())]),
                ..RemoteAnswers::default()
            }
        };
        assert_eq!(
            messages(&files, &expires("2026-11-24", "2026-12-04")),
            [
                "expired `model.npz` expired on 2026-11-24: ",
                "expires artifacts expire on 2026-12-04, before the run has to be done: copy the files to a bucket",
            ]
        );
        assert_eq!(messages(&files, &expires("2027-01-01", "2026-12-06")), [""; 0]);
    }

    #[test]
    fn models_that_decode_together_have_one_vocabulary() {
        let files = [remote("https://a/", "vocab.spm"), remote("https://b/", "vocab.spm")];
        let with = |one: &str, other: &str| {
            let heads = [one, other].map(|hash| head(Answer::Found, Some(hash)));
            let heads = files.iter().map(|file| file.url.clone()).zip(heads).collect();
            messages(&files, &RemoteAnswers { heads, ..RemoteAnswers::default() })
        };
        assert_eq!(with("md5:x", "md5:x"), [""; 0]);
        assert_eq!(with("md5:x", "crc32c:y"), [""; 0]);
        assert_eq!(
            with("md5:x", "md5:y"),
            ["other-vocabulary `vocab.spm` differs between the models of `train-teacher`: "]
        );
    }
}
