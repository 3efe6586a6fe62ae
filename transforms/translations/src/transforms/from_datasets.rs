//! `translations_taskgraph.transforms.from_datasets`: makes a stub for each dataset of the training config.
//!
//! ```yaml
//! dataset-config:
//!     category: test                          # all categories, if it is left out
//!     provider: opus                          # only datasets of this provider
//!     exclude-locales: [{src: en, trg: ru}]   # no stubs at all for these languages
//!     substitution-fields: [name, label, run.command]
//! ```
//!
//! Into the fields are filled: `provider`, `dataset` (with its provider), `dataset_sanitized` (without it, fit for
//! labels), `src_locale` and `trg_locale`. `mono` needs the category `mono-src` or `mono-trg` and has `locale`, too.
//! A dataset that stands in several categories makes one stub.

use crate::config::datasets;
use crate::config::schema::text;
use crate::pipeline_version::Dialect;
use anyhow::{Result, bail};
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Shape, optional, required};
use taskgraph::transform::substitute::{Forms, Missing};
use taskgraph::transform::{Context, Stub, fan_out};
use taskgraph_compat::value::{Value, key};

const DATASET_CONFIG: Shape = Shape::Open(
    &[
        optional("substitution-fields", STRINGS),
        optional("category", Shape::Str),
        optional("provider", Shape::Str),
        optional(
            "exclude-locales",
            Shape::List(&Shape::Map(&[required("src", Shape::Str), required("trg", Shape::Str)])),
        ),
    ],
    &Shape::Any,
);

/// A stub for each dataset.
pub fn per_dataset(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    make(ctx, stubs, |_, _, _| Ok(None))
}

/// A stub for each dataset of one language.
pub fn mono(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    make(ctx, stubs, |category, src, trg| match category {
        Some("mono-src") => Ok(Some(src.to_owned())),
        Some("mono-trg") => Ok(Some(trg.to_owned())),
        _ => bail!("`from_datasets:mono` needs `dataset-config.category`: mono-src or mono-trg"),
    })
}

fn make(
    ctx: &Context<'_>,
    stubs: Vec<Stub>,
    locale: impl Fn(Option<&str>, &str, &str) -> Result<Option<String>>,
) -> Result<Vec<Stub>> {
    let dialect = Dialect::of(ctx.tree);
    let src = text(ctx, "training_config.experiment.src")?;
    let trg = text(ctx, "training_config.experiment.trg")?;
    fan_out(stubs, |mut stub, out| {
        let config = stub.take_section("dataset-config", &DATASET_CONFIG)?.unwrap_or_default();
        let wish = |key: &str| config.get(key).and_then(Value::as_str).filter(|wish| !wish.is_empty());
        let list = |key: &str| config.get(key).and_then(Value::as_list).unwrap_or_default();
        let pair =
            |pair: &Value| pair.get("src") == Some(&src.into()) && pair.get("trg") == Some(&trg.into());
        if list("exclude-locales").iter().any(pair) {
            return Ok(());
        }
        let category = wish("category");
        let locale = locale(category, src, trg)?;
        let (src, trg) = (key(src), key(trg));
        let locale = locale.as_deref().map(key);
        let mut forms = Forms::default();
        for dataset in datasets::read(ctx.params, dialect, category)? {
            if wish("provider").is_some_and(|provider| provider != dataset.provider) {
                continue;
            }
            let provider = key(dataset.provider);
            let mut names = taskgraph_compat::map! {
                "provider" => &provider,
                "dataset" => dataset.full,
                "dataset_sanitized" => datasets::sanitize(dialect, dataset.name)?,
                "src_locale" => &src,
                "trg_locale" => &trg,
            };
            let mut attributes = taskgraph_compat::map! { "provider" => provider, "dataset" => dataset.name };
            attributes.reserve(3);
            if let Some(locale) = &locale {
                names.put("locale", locale);
                attributes.put("locale", locale);
            }
            attributes.put("src_locale", &src);
            attributes.put("trg_locale", &trg);
            let mut one = stub.clone();
            let fields = list("substitution-fields").iter().filter_map(Value::as_str);
            forms.fill_fields(&mut one, fields, &names, Missing::Stays)?;
            one.map_at("attributes")?.extend(attributes);
            out.push(one);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Bench, show};

    const CONFIG: &str = "{experiment: {src: ru, trg: en}, datasets: {train: [opus_A/v1, mtdata_B], test: [flores_dev], \
                          mono-src: [news_c.2008], mono-trg: []}}";

    fn names(transform: taskgraph::transform::Transform, config: &str) -> Vec<String> {
        let stub = format!(
            "{{label: '{{dataset}}-{{dataset_sanitized}}-{{this_chunk}}', dataset-config: {config}}}"
        );
        let stubs = Bench::new(CONFIG).run(transform, &stub).unwrap();
        stubs.iter().map(|stub| show(stub, "label")).collect()
    }

    #[test]
    fn all_categories_count_if_none_is_named() {
        let names = names(per_dataset, "{substitution-fields: [label]}");
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
        assert_eq!(names(per_dataset, "{category: train}").len(), 2);
        assert_eq!(names(per_dataset, "{category: train, provider: opus}").len(), 1);
        assert_eq!(names(per_dataset, "{exclude-locales: [{src: ru, trg: en}]}").len(), 0);
        assert_eq!(names(per_dataset, "{exclude-locales: [{src: en, trg: ru}]}").len(), 4);
        assert_eq!(names(mono, "{category: mono-trg}").len(), 0);
    }

    #[test]
    fn attributes_name_the_dataset_without_its_provider() {
        let bench = Bench::new(CONFIG);
        let attributes = bench.one(mono, "{dataset-config: {category: mono-src}}", "attributes");
        assert_eq!(
            attributes,
            r#"{"provider": "news", "dataset": "c.2008", "locale": "ru", "src_locale": "ru", "trg_locale": "en"}"#
        );
    }

    #[test]
    fn one_language_needs_its_category() {
        let bench = Bench::new(CONFIG);
        let error = bench.refused(mono, "{dataset-config: {category: train}}");
        assert!(error.contains("mono-src or mono-trg"), "{error}");
        let error = bench.refused(per_dataset, "{dataset-config: {category: devtest}}");
        assert!(error.contains("missing key `devtest`"), "{error}");
        let error = bench.refused(per_dataset, "{dataset-config: {category: [train]}}");
        assert!(error.contains("`category` must be a string"), "{error}");
    }
}
