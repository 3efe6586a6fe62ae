//! `translations_taskgraph.transforms.find_upstreams`: makes a task depend on the tasks of the datasets it is for.
//!
//! ```yaml
//! attributes: {dataset-category: train}
//! upstreams-config:
//!     upstream-task-attributes:
//!         cleaning-type:
//!             by-cleaning-type: {bicleaner-ai: bicleaner-ai}
//!     upstream-artifacts: ["{dataset_sanitized}.{src_locale}.zst"]
//! ```
//!
//! A task of a kind dependency counts if it has all the attributes named there and its dataset belongs to the
//! category. It becomes a dependency under its label, and its artifacts are fetched. `mono` is for the categories
//! `mono-src` and `mono-trg`; it fills `locale` and others into `substitution-fields`, too.

use std::collections::BTreeSet;

use crate::config::datasets;
use crate::parameter::text;
use crate::pipeline_version::PipelineVersion;
use anyhow::{Context as _, Result, bail};
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::task::Task;
use taskgraph::transform::substitute::{Missing, fill, fill_fields};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::python;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

const ATTRIBUTES: Schema = Schema::MapOf(&Schema::KeyedBy(&["cleaning-type"], &Schema::Str));

// Open, as in the reference: `merge-mono` has a key that nothing reads.
const UPSTREAMS: Schema = Schema::Open(
    &[
        required("upstream-task-attributes", ATTRIBUTES),
        required("upstream-artifacts", STRINGS),
        optional("substitution-fields", STRINGS),
    ],
    &Schema::Any,
);

impl PipelineVersion {
    /// The kinds that clean a corpus.
    fn cleaning_kinds(self) -> [&'static str; 2] {
        match self {
            PipelineVersion::December2024 => ["bicleaner", "clean-corpus"],
            PipelineVersion::July2026 => ["corpus-clean-parallel-bicleaner-ai", "corpus-clean-parallel"],
        }
    }

    /// The ways to clean it, best first.
    fn cleaning_types(self) -> [&'static str; 2] {
        match self {
            PipelineVersion::December2024 => ["bicleaner-ai", "clean-corpus"],
            PipelineVersion::July2026 => self.cleaning_kinds(),
        }
    }

    /// The way that is meant if no task cleans.
    fn cleaning_default(self) -> Option<&'static str> {
        match self {
            PipelineVersion::December2024 => None,
            PipelineVersion::July2026 => Some("bicleaner-ai"),
        }
    }
}

/// The description of `find_upstreams:by_locales`.
pub(crate) const BY_LOCALES: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.find_upstreams:by_locales",
    "Makes a task depend on the tasks of its parallel datasets, and fetch from them.",
)
.sections(&[("upstreams-config", &UPSTREAMS)]);

/// The description of `find_upstreams:mono`.
pub(crate) const MONO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.find_upstreams:mono",
    "Makes a task depend on the tasks of its datasets in one language, and fetch from them.",
)
.sections(&[("upstreams-config", &UPSTREAMS)]);

/// Tasks of parallel datasets.
pub(crate) fn by_locales() -> Transform {
    with_state(|ctx| Ok(Datasets::of(ctx))).fan_out(|ctx, datasets, mut description, out| {
        if datasets.are_none {
            return Ok(());
        }
        let mut config = section(&mut description)?;
        let text = description.get("description").map(python::str).unwrap_or_default();
        let wanted = config.map_at("upstream-task-attributes")?;
        if let Some(cleaning) = wanted.get_mut("cleaning-type").filter(|cleaning| cleaning.truthy()) {
            let best = best_cleaning(ctx)?;
            let item = format!("`upstream-task-attributes.cleaning-type` in `{text}`");
            *cleaning = evaluate(cleaning, &item, |name| (name == "cleaning-type").then(|| best.into()))?;
        }
        for task in upstream(ctx, &description, wanted)? {
            let attribute = |name: &str| task.attributes.get(name).cloned().unwrap_or_default();
            let names = taskgraph_compat::map! {
                "src_locale" => attribute("src_locale"),
                "trg_locale" => attribute("trg_locale"),
                "dataset_sanitized" => datasets.sanitized(task)?,
            };
            fetch(&mut description, task, &config, &names)?;
        }
        out.push(description);
        Ok(())
    })
}

/// Tasks of datasets in one language.
pub(crate) fn mono() -> Transform {
    with_state(Languages::of).fan_out(|ctx, languages, mut description, out| {
        let Languages { src, trg, datasets } = languages;
        if datasets.are_none {
            return Ok(());
        }
        let config = section(&mut description)?;
        let wanted =
            config.get("upstream-task-attributes").and_then(Value::as_map).cloned().unwrap_or_default();
        for task in upstream(ctx, &description, &wanted)? {
            let locale = match category(&description)? {
                "mono-src" => src,
                "mono-trg" => trg,
                other => bail!("`find_upstreams:mono` is for mono-src and mono-trg, not for `{other}`"),
            };
            let names = taskgraph_compat::map! {
                "provider" => of(task, "provider")?,
                "dataset" => of(task, "dataset")?,
                "dataset_sanitized" => datasets.sanitized(task)?,
                "locale" => locale,
                "src_locale" => src,
                "trg_locale" => trg,
            };
            // Python: every task fills in the same task, so the first one's names win.
            let fields = config.get("substitution-fields").and_then(Value::as_list).unwrap_or_default();
            fill_fields(&mut description, fields.iter().filter_map(Value::as_str), &names, Missing::Stays)?;
            fetch(&mut description, task, &config, &names)?;
            let attributes = description.map_at("attributes")?;
            attributes.put("src_locale", src);
            attributes.put("trg_locale", trg);
        }
        out.push(description);
        Ok(())
    })
}

/// The datasets of the training config.
struct Datasets {
    pipeline_version: PipelineVersion,
    /// Whether there are none, and so no tasks.
    are_none: bool,
}

impl Datasets {
    fn of(ctx: &Context<'_>) -> Self {
        Datasets { pipeline_version: PipelineVersion::of(ctx.tree), are_none: has_no_datasets(ctx) }
    }

    /// Returns the name of the dataset of a task, fit for labels.
    fn sanitized(&self, task: &Task) -> Result<Value> {
        Ok(datasets::sanitize(self.pipeline_version, of(task, "dataset")?)?.into())
    }
}

/// The languages of the training config.
struct Languages {
    src: Str,
    trg: Str,
    datasets: Datasets,
}

impl Languages {
    fn of(ctx: &Context<'_>) -> Result<Self> {
        Ok(Languages {
            src: text(ctx, "training_config.experiment.src")?.into(),
            trg: text(ctx, "training_config.experiment.trg")?.into(),
            datasets: Datasets::of(ctx),
        })
    }
}

/// In July 2026 a training config without datasets is fine: it has corpora to go on with. Looking whether there are any
/// reads none of them.
fn has_no_datasets(ctx: &Context<'_>) -> bool {
    let datasets = ctx.params.find(&KeyPath::dotted(datasets::DATASETS));
    PipelineVersion::of(ctx.tree) == PipelineVersion::July2026 && !datasets.is_some_and(Value::truthy)
}

fn section(description: &mut TaskDescription) -> Result<Map> {
    let section = description.take_section("upstreams-config", &UPSTREAMS)?;
    let section = section.ok_or_else(|| missing("upstreams-config", &UPSTREAMS.in_words()))?;
    // Python: both are there even if no task counts.
    description.map_at("dependencies")?;
    description.map_at("fetches")?;
    Ok(section)
}

fn category(description: &TaskDescription) -> Result<&str> {
    let category =
        description.get("attributes").and_then(|attributes| attributes.get("dataset-category")?.as_str());
    category.ok_or_else(|| missing("attributes.dataset-category", "a category of datasets"))
}

fn best_cleaning(ctx: &Context<'_>) -> Result<&'static str> {
    let mut found = BTreeSet::new();
    let pipeline_version = PipelineVersion::of(ctx.tree);
    for task in ctx.upstream.values().filter(|task| pipeline_version.cleaning_kinds().contains(&&*task.kind))
    {
        found.insert(of(task, "cleaning-type")?);
    }
    let best = pipeline_version.cleaning_types().into_iter().find(|cleaning| found.contains(cleaning));
    best.or(pipeline_version.cleaning_default())
        .context("no task of bicleaner or clean-corpus tells how the corpus is cleaned")
}

/// The tasks that count, in the order of their labels.
fn upstream<'c>(ctx: &Context<'c>, description: &TaskDescription, wanted: &Map) -> Result<Vec<&'c Task>> {
    let datasets = datasets::read(ctx.params, PipelineVersion::of(ctx.tree), Some(category(description)?))?;
    let datasets: BTreeSet<&str> = datasets.iter().map(|dataset| dataset.full).collect();
    let mut tasks = Vec::new();
    for task in ctx.upstream.values() {
        if wanted.iter().all(|(name, value)| task.attributes.get(name) == Some(value)) {
            let full = format!("{}_{}", of(task, "provider")?, of(task, "dataset")?);
            if datasets.contains(&*full) {
                tasks.push(&**task);
            }
        }
    }
    tasks.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(tasks)
}

fn fetch(description: &mut TaskDescription, task: &Task, config: &Map, names: &Map) -> Result<()> {
    let label = task.label.text();
    description.map_at("dependencies")?.put(label, label);
    let artifacts = config.get("upstream-artifacts").and_then(Value::as_list).unwrap_or_default();
    let mut artifacts: Vec<&str> = artifacts.iter().filter_map(Value::as_str).collect();
    artifacts.sort_unstable();
    let fetches = description.map_at("fetches")?.list_at(label)?;
    for artifact in artifacts {
        let artifact = fill(artifact, names, Missing::Fails)?;
        fetches.push(taskgraph_compat::map! { "artifact" => artifact, "extract" => false }.into());
    }
    Ok(())
}

fn of<'t>(task: &'t Task, attribute: &str) -> Result<&'t str> {
    task.attribute(attribute).with_context(|| {
        format!("`{}` is among the upstream tasks, but has no attribute `{attribute}`", task.label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, task};

    const CONFIG: &str = "{experiment: {src: ru, trg: en}, datasets: {train: [opus_A/v1, opus_B], mono-src: [news_c], mono-trg: []}}";

    fn fixture() -> Fixture {
        let cleaned = |label: &str, kind: &str, dataset: &str, cleaning: &str| {
            let attributes = format!(
                "{{provider: opus, dataset: {dataset}, src_locale: ru, trg_locale: en, cleaning-type: {cleaning}}}"
            );
            task(kind, label, &attributes)
        };
        Fixture::new(CONFIG).upstream([
            cleaned("z", "bicleaner", "A/v1", "bicleaner-ai"),
            cleaned("y", "bicleaner", "B", "bicleaner-ai"),
            cleaned("x", "clean-corpus", "B", "clean-corpus"),
            cleaned("w", "bicleaner", "not-asked-for", "bicleaner-ai"),
            task("toolchain", "t", "{}"),
            task("clean-mono", "m", "{provider: news, dataset: c, stage: clean-mono}"),
        ])
    }

    const MERGE: &str = "{description: merge, attributes: {dataset-category: train}, upstreams-config: \
        {upstream-artifacts: ['{dataset_sanitized}.{trg_locale}.zst', '{dataset_sanitized}.{src_locale}.zst'], \
        upstream-task-attributes: {cleaning-type: {by-cleaning-type: {bicleaner-ai: bicleaner-ai}}}}}";

    #[test]
    fn dependencies_come_in_the_order_of_labels() {
        assert_eq!(fixture().one(by_locales(), MERGE, "dependencies"), r#"{"y": "y", "z": "z"}"#);
        assert_eq!(
            fixture().one(by_locales(), MERGE, "fetches.z"),
            r#"[{"artifact": "A_v1.ru.zst", "extract": false}, {"artifact": "A_v1.en.zst", "extract": false}]"#
        );
        assert_eq!(fixture().one(by_locales(), MERGE, "upstreams-config"), "none");
    }

    #[test]
    fn an_unknown_way_of_cleaning_is_reported() {
        let error = Fixture::new(CONFIG).refused(by_locales(), MERGE);
        assert!(error.contains("how the corpus is cleaned"), "{error}");
    }

    #[test]
    fn one_language_has_its_locale() {
        let description = |category: &str| {
            format!(
                "{{n: '{{locale}} {{dataset}} {{later}}', attributes: {{dataset-category: {category}}}, upstreams-config: \
                 {{upstream-artifacts: ['{{dataset_sanitized}}.{{locale}}'], substitution-fields: [n], \
                 upstream-task-attributes: {{stage: clean-mono}}}}}}"
            )
        };
        assert_eq!(fixture().one(mono(), &description("mono-src"), "n"), r#""ru c {later}""#);
        assert_eq!(
            fixture().one(mono(), &description("mono-src"), "fetches"),
            r#"{"m": [{"artifact": "c.ru", "extract": false}]}"#
        );
        assert_eq!(fixture().one(mono(), &description("mono-trg"), "dependencies"), "{}");
        assert!(fixture().refused(mono(), &description("devtest")).contains("missing key `devtest`"));
    }

    #[test]
    fn the_later_dialect_has_its_own_names_and_its_own_default() {
        let cleaned = |label: &str, kind: &str| {
            let attributes = format!(
                "{{provider: opus, dataset: A/v1, src_locale: ru, trg_locale: en, cleaning-type: {kind}}}"
            );
            task(kind, label, &attributes)
        };
        let fixture = |tasks: Vec<Task>| Fixture::new(CONFIG).july_2026().upstream(tasks);
        let merge = MERGE.replace(
            "{bicleaner-ai: bicleaner-ai}",
            "{corpus-clean-parallel: corpus-clean-parallel, default: corpus-clean-parallel-bicleaner-ai}",
        );
        let both =
            vec![cleaned("a", "corpus-clean-parallel"), cleaned("b", "corpus-clean-parallel-bicleaner-ai")];
        assert_eq!(fixture(both).one(by_locales(), &merge, "dependencies"), r#"{"b": "b"}"#);
        let one = vec![cleaned("a", "corpus-clean-parallel")];
        assert_eq!(fixture(one).one(by_locales(), &merge, "dependencies"), r#"{"a": "a"}"#);
        assert_eq!(fixture(vec![]).one(by_locales(), &merge, "dependencies"), "{}");
    }

    #[test]
    fn without_datasets_the_later_dialect_makes_nothing() {
        let none = Fixture::new("{experiment: {src: ru, trg: en}}").july_2026();
        assert_eq!(none.run(by_locales(), MERGE).unwrap().len(), 0);
        assert_eq!(none.run(mono(), MERGE).unwrap().len(), 0);
    }
}
