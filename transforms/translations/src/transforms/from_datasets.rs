//! `translations_taskgraph.transforms.from_datasets`: makes a task for each dataset of the training config.
//!
//! ```yaml
//! dataset-config:
//!     category: test                          # all categories, if it is left out
//!     provider: opus                          # only datasets of this provider
//!     exclude-locales: [{src: en, trg: ru}]   # no tasks at all for these languages
//!     substitution-fields: [name, label, run.command]
//! ```
//!
//! Into the fields are filled: `provider`, `dataset` (with its provider), `dataset_sanitized` (without it, fit for
//! labels), `src_locale` and `trg_locale`. `mono` needs the category `mono-src` or `mono-trg` and has `locale`, too.
//! A dataset that stands in several categories makes one task.

use crate::config::datasets;
use crate::parameter::text;
use crate::pipeline_version::PipelineVersion;
use anyhow::{Result, bail};
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::transform::substitute::{Missing, fill_fields};
use taskgraph::transform::{Context, Transform, TransformInfo, with_state};
use taskgraph_compat::value::{Str, Value, intern};

const DATASET_CONFIG: Schema = Schema::Open(
    &[
        optional("substitution-fields", STRINGS),
        optional("category", Schema::Str),
        optional("provider", Schema::Str),
        optional(
            "exclude-locales",
            Schema::List(&Schema::Map(&[required("src", Schema::Str), required("trg", Schema::Str)])),
        ),
    ],
    &Schema::Any,
);

/// The description of `from_datasets:per_dataset`.
pub(crate) const PER_DATASET: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.from_datasets:per_dataset",
    "Makes a task for each dataset of the training config.",
)
.sections(&[("dataset-config", &DATASET_CONFIG)]);

/// The description of `from_datasets:mono`.
pub(crate) const MONO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.from_datasets:mono",
    "Makes a task for each dataset of the training config in one language.",
)
.sections(&[("dataset-config", &DATASET_CONFIG)]);

/// A task for each dataset.
pub(crate) fn per_dataset() -> Transform {
    of_datasets(|_, _| Ok(None))
}

/// A task for each dataset of one language.
pub(crate) fn mono() -> Transform {
    of_datasets(|category, languages| match category {
        Some("mono-src") => Ok(Some(languages.src.clone())),
        Some("mono-trg") => Ok(Some(languages.trg.clone())),
        _ => bail!("`from_datasets:mono` needs `dataset-config.category`: mono-src or mono-trg"),
    })
}

/// The languages of the training config.
struct Languages {
    pipeline_version: PipelineVersion,
    src: Str,
    trg: Str,
}

impl Languages {
    fn of(ctx: &Context<'_>) -> Result<Self> {
        Ok(Languages {
            pipeline_version: PipelineVersion::of(ctx.tree),
            src: intern(text(ctx, "training_config.experiment.src")?),
            trg: intern(text(ctx, "training_config.experiment.trg")?),
        })
    }
}

/// `locale` chooses the language of a category, if it has one.
fn of_datasets(locale: fn(Option<&str>, &Languages) -> Result<Option<Str>>) -> Transform {
    with_state(Languages::of).fan_out(move |ctx, languages, mut description, out| {
        let Languages { pipeline_version, src, trg } = languages;
        let config = description.take_section("dataset-config", &DATASET_CONFIG)?.unwrap_or_default();
        let wish = |key: &str| config.get(key).and_then(Value::as_str).filter(|wish| !wish.is_empty());
        let list = |key: &str| config.get(key).and_then(Value::as_list).unwrap_or_default();
        let is =
            |pair: &Value, key: &str, locale: &Str| pair.get(key).and_then(Value::as_str) == Some(&**locale);
        let pair = |pair: &Value| is(pair, "src", src) && is(pair, "trg", trg);
        if list("exclude-locales").iter().any(pair) {
            return Ok(());
        }
        let category = wish("category");
        let locale = locale(category, languages)?;
        for dataset in datasets::read(ctx.params, *pipeline_version, category)? {
            if wish("provider").is_some_and(|provider| provider != dataset.provider) {
                continue;
            }
            let provider = intern(dataset.provider);
            let mut names = taskgraph_compat::map! {
                "provider" => &provider,
                "dataset" => dataset.full,
                "dataset_sanitized" => datasets::sanitize(*pipeline_version, dataset.name)?,
                "src_locale" => src,
                "trg_locale" => trg,
            };
            let mut attributes = taskgraph_compat::map! { "provider" => provider, "dataset" => dataset.name };
            attributes.reserve(3);
            if let Some(locale) = &locale {
                names.put("locale", locale);
                attributes.put("locale", locale);
            }
            attributes.put("src_locale", src);
            attributes.put("trg_locale", trg);
            let mut one = description.clone();
            let fields = list("substitution-fields").iter().filter_map(Value::as_str);
            fill_fields(&mut one, fields, &names, Missing::Stays)?;
            one.map_at("attributes")?.extend(attributes);
            out.push(one);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, show};

    const CONFIG: &str = "{experiment: {src: ru, trg: en}, datasets: {train: [opus_A/v1, mtdata_B], test: [flores_dev], \
                          mono-src: [news_c.2008], mono-trg: []}}";

    fn names(transform: taskgraph::transform::Transform, config: &str) -> Vec<String> {
        let description = format!(
            "{{label: '{{dataset}}-{{dataset_sanitized}}-{{this_chunk}}', dataset-config: {config}}}"
        );
        let descriptions = Fixture::new(CONFIG).run(transform, &description).unwrap();
        descriptions.iter().map(|description| show(description, "label")).collect()
    }

    #[test]
    fn all_categories_count_if_none_is_named() {
        let names = names(per_dataset(), "{substitution-fields: [label]}");
        assert_eq!(
            names,
            [
                r#""opus_A/v1-A_v1-{this_chunk}""#,
                r#""mtdata_B-B-{this_chunk}""#,
                r#""flores_dev-dev-{this_chunk}""#,
                r#""news_c.2008-c_2008-{this_chunk}""#
            ]
        );
    }

    #[test]
    fn category_provider_and_languages_narrow_it() {
        assert_eq!(names(per_dataset(), "{category: train}").len(), 2);
        assert_eq!(names(per_dataset(), "{category: train, provider: opus}").len(), 1);
        assert_eq!(names(per_dataset(), "{exclude-locales: [{src: ru, trg: en}]}").len(), 0);
        assert_eq!(names(per_dataset(), "{exclude-locales: [{src: en, trg: ru}]}").len(), 4);
        assert_eq!(names(mono(), "{category: mono-trg}").len(), 0);
    }

    #[test]
    fn attributes_name_the_dataset_without_its_provider() {
        let fixture = Fixture::new(CONFIG);
        let attributes = fixture.one(mono(), "{dataset-config: {category: mono-src}}", "attributes");
        assert_eq!(
            attributes,
            r#"{"provider": "news", "dataset": "c.2008", "locale": "ru", "src_locale": "ru", "trg_locale": "en"}"#
        );
    }

    #[test]
    fn one_language_needs_its_category() {
        let fixture = Fixture::new(CONFIG);
        let error = fixture.refused(mono(), "{dataset-config: {category: train}}");
        assert!(error.contains("mono-src or mono-trg"), "{error}");
        let error = fixture.refused(per_dataset(), "{dataset-config: {category: devtest}}");
        assert!(error.contains("missing key `devtest`"), "{error}");
        let error = fixture.refused(per_dataset(), "{dataset-config: {category: [train]}}");
        assert!(error.contains("`category` must be a string"), "{error}");
    }
}
