//! `config init`: a commented config to start from, for a pair of locales.

use crate::Status;
use crate::environment::{open_tree_or_embedded, settings};
use crate::output::write;
use crate::output_format::OutputFormat;
use clap::Args as ClapArgs;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::SystemTime;
use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::registry::Registry;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::yaml;
use taskgraph_training::{Checker, Input, no_training};

/// Flags of `config init`.
#[derive(ClapArgs)]
pub(crate) struct InitOptions {
    /// The language that is translated from
    #[arg(value_name = "SRC")]
    pub src: String,

    /// The language that is translated to
    #[arg(value_name = "TRG")]
    pub trg: String,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Name of the run
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// The folder of a pretrained teacher; one for each member of an ensemble, in order
    #[arg(long, value_name = "URL")]
    pub teacher: Vec<String>,

    /// Use of models for the teachers
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Continue)]
    pub teacher_mode: ModelMode,

    /// The folder of a pretrained backwards model
    #[arg(long, value_name = "URL")]
    pub backwards: Option<String>,

    /// Use of a model for the backwards model
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Use)]
    pub backwards_mode: ModelMode,

    /// The folder of a pretrained student, where the tree has students that start from one
    #[arg(long, value_name = "URL")]
    pub student: Option<String>,

    /// Use of a model for the student
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Continue)]
    pub student_mode: ModelMode,

    /// Write to this file, which must not be there yet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Use of a pretrained model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ModelMode {
    /// Publish it as it is
    Use,
    /// Go on training it
    Continue,
    /// Begin with its weights
    Init,
}

/// The values of a training that is meant: the rest is the tree's default config, which is for test runs.
const MEANT: &[(&str, &str)] = &[
    ("experiment.corpus-max-sentences", "200_000_000"),
    ("experiment.mono-max-sentences-src.total", "100_000_000"),
    ("experiment.mono-max-sentences-src.per-dataset", "50_000_000"),
    ("experiment.mono-max-sentences-trg.total", "100_000_000"),
    ("experiment.mono-max-sentences-trg.per-dataset", "50_000_000"),
    ("experiment.spm-sample-size", "10_000_000"),
    ("experiment.spm-vocab-size", "32000"),
    ("taskcluster.split-chunks", "20"),
    ("marian-args.decoding-backward", "{mini-batch-words: \"2000\"}"),
    ("marian-args.decoding-teacher", "{mini-batch-words: \"4000\"}"),
    ("marian-args.training-backward", "{early-stopping: \"5\"}"),
    ("marian-args.training-teacher", "{early-stopping: \"20\"}"),
    ("marian-args.training-student", "{early-stopping: \"20\"}"),
    ("marian-args.training-student-finetuned", "{early-stopping: \"20\"}"),
    ("experiment.bicleaner", "{default-threshold: 0.5, dataset-thresholds: {}}"),
    ("experiment.monocleaner.mono-src", "{default-threshold: 0.5, dataset-thresholds: {}}"),
    ("experiment.monocleaner.mono-trg", "{default-threshold: 0.5, dataset-thresholds: {}}"),
    (
        "datasets",
        "\n  train:\n    - opus_NLLB/v1\n  devtest:\n    - flores_dev\n  test:\n    - flores_devtest\n  mono-src:\n    - news-crawl_news.2022\n  mono-trg:\n    - news-crawl_news.2022",
    ),
];

/// Writes a config that `config check` lets pass.
pub(crate) fn run(options: &InitOptions, registry: &Registry) -> Result<Status> {
    OutputFormat::wanted(options.output.as_deref(), &[OutputFormat::Yaml])?;
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    if let Some(path) = options.output.as_deref().filter(|path| path.exists()) {
        let message = format!("`{}` is there already", path.display());
        return Err(Problems::from(Problem::error("exists", message).help("name another file")).into());
    }
    let text = config(&project, options)?;
    let settings = settings(None, true, registry)?;
    let source = Source::new("the new config", text.clone());
    let checked =
        Checker::new(&project, &settings, SystemTime::now())?.check(&Input { source, is_json: false })?;
    Problems(checked.problems).check()?;
    write(options.output.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))?;
    Ok(Status::Fine)
}

fn config(project: &Project, options: &InitOptions) -> Result<String> {
    let Some(training) = taskgraph_training::pipeline::of(&project.extension) else {
        return Err(Problems::from(no_training(project)).into());
    };
    let parameters = project.extension.parameters;
    let field = parameters.iter().find(|field| field.name == training.parameter);
    let defaults = project.extension.defaults.iter().find(|(name, _)| *name == training.parameter);
    let (Some(field), Some((_, file))) = (field, defaults) else {
        return Err(Problems::from(no_training(project)).into());
    };
    let Schema::Map(fields) = field.schema else { return Err(Problems::from(no_training(project)).into()) };
    let (_, defaults) = load(project.tree.read(file)?)?;
    let inside = |path: &str| path.split_once('.').map_or("", |(_, rest)| rest).to_owned();
    let mut own: Vec<(String, String)> = vec![
        (inside(training.src), quoted(&options.src)),
        (inside(training.trg), quoted(&options.trg)),
        (inside(training.name), quoted(&options.name.clone().unwrap_or_else(|| "baseline".into()))),
    ];
    own.extend(MEANT.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())));
    if !options.teacher.is_empty() {
        own.push(("experiment.teacher-ensemble".into(), options.teacher.len().to_string()));
    }
    let mut out = format!(
        "# A training config for {} to {}, as `config init` begins it.\n# yaml-language-server: $schema=training-config.schema.json\n# (`config schema -o training-config.schema.json` writes that file.)\n",
        options.src, options.trg
    );
    let page = Page { own: &own, models: inside(training.models), section: models(training.models, options) };
    page.fields(fields, &defaults, &KeyPath::default(), &mut out);
    Ok(out)
}

/// The lines of a config under their comments.
struct Page<'p> {
    own: &'p [(String, String)],
    /// The path of the pretrained models.
    models: String,
    section: Option<String>,
}

impl Page<'_> {
    fn fields(&self, fields: &[Field], defaults: &Value, path: &KeyPath, out: &mut String) {
        let space = "  ".repeat(path.0.len());
        for field in fields {
            let path = path.join(field.name);
            let dotted = path.to_string();
            let default = defaults.get(field.name);
            let own = self.own.iter().find(|(own, _)| *own == dotted).map(|(_, value)| value.clone());
            let models = self.section.as_deref().filter(|_| {
                dotted == self.models
                    || self.models.starts_with(&format!("{dotted}.")) && field.detail.is_some()
            });
            if own.is_none() && models.is_none() && (default.is_none() || field.name == "pretrained-models") {
                continue;
            }
            if path.0.len() == 1 {
                out.push('\n');
            }
            if !field.about.is_empty() {
                let _ = writeln!(out, "{space}# {}.", field.about);
            }
            if !field.words.is_empty() {
                let _ = writeln!(out, "{space}# One of: {}", field.words.join(", "));
            }
            match (own, models, &field.schema, default) {
                (Some(value), ..) => {
                    let gap = if value.starts_with('\n') { "" } else { " " };
                    let _ = writeln!(out, "{space}{}:{gap}{value}", field.name);
                }
                (None, Some(models), ..) => {
                    let inner = self.models.strip_prefix(&dotted).unwrap_or_default().trim_start_matches('.');
                    let _ = writeln!(out, "{space}{}:", field.name);
                    let deeper = if inner.is_empty() { String::new() } else { "  ".into() };
                    if !inner.is_empty() {
                        let _ = writeln!(out, "{space}  {inner}:");
                    }
                    for line in models.lines() {
                        let _ = writeln!(out, "{space}  {deeper}{line}");
                    }
                }
                (None, None, Schema::Map(inner) | Schema::Open(inner, _), Some(default)) => {
                    let _ = writeln!(out, "{space}{}:", field.name);
                    self.fields(inner, default, &path, out);
                }
                (None, None, _, Some(default)) => {
                    let text = yaml::write(default);
                    match default {
                        Value::Map(map) if !map.is_empty() => nested(out, &space, field.name, &text),
                        Value::List(items) if !items.is_empty() => nested(out, &space, field.name, &text),
                        _ => {
                            let _ = writeln!(out, "{space}{}: {}", field.name, text.trim_end());
                        }
                    }
                }
                (None, None, _, None) => {}
            }
        }
    }
}

fn nested(out: &mut String, space: &str, name: &str, text: &str) {
    let _ = writeln!(out, "{space}{name}:");
    for line in text.lines() {
        let _ = writeln!(out, "{space}  {line}");
    }
}

/// The section of the pretrained models, if there are any.
fn models(path: &str, options: &InitOptions) -> Option<String> {
    if options.teacher.is_empty() && options.backwards.is_none() && options.student.is_none() {
        return None;
    }
    let is_old = path.ends_with("pretrained-models");
    let mut out = String::new();
    let mode = |mode: ModelMode| match mode {
        ModelMode::Use => "use",
        ModelMode::Continue => "continue",
        ModelMode::Init => "init",
    };
    if !options.teacher.is_empty() {
        let _ = writeln!(out, "{}:", if is_old { "train-teacher" } else { "teacher" });
        let _ = writeln!(out, "  # One for each teacher, in order.\n  urls:");
        for url in &options.teacher {
            let _ = writeln!(out, "    - {}", quoted(url));
        }
        let _ = writeln!(out, "  mode: {}\n  type: default", mode(options.teacher_mode));
    }
    if let Some(url) = &options.backwards {
        let _ = writeln!(out, "{}:", if is_old { "train-backwards" } else { "backwards" });
        match is_old {
            true => {
                let _ = writeln!(out, "  urls:\n    - {}", quoted(url));
            }
            false => {
                let _ = writeln!(out, "  url: {}", quoted(url));
            }
        }
        let _ = writeln!(out, "  mode: {}\n  type: default", mode(options.backwards_mode));
    }
    // A tree that takes none says so when the config is checked.
    if let Some(url) = &options.student {
        let _ = writeln!(out, "train-student:\n  urls:\n    - {}", quoted(url));
        let _ = writeln!(out, "  mode: {}\n  type: default", mode(options.student_mode));
    }
    Some(out)
}

/// A text as YAML spells it in one line.
fn quoted(text: &str) -> String {
    yaml::write(&Value::from(text)).trim_end().to_owned()
}
