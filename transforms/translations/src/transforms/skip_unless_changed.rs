//! `translations_taskgraph.transforms.skip_unless_pipeline_changed` and `…skip_unless_inference_changed`: tasks that
//! are only worth running when files of the pipeline, or of the inference engine, have changed.

use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, Transform, TransformInfo, with_state};
use taskgraph_compat::value::Value;

/// The description of `skip_unless_inference_changed`.
pub(crate) const INFERENCE: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.skip_unless_inference_changed",
    "Skips a task unless files of the inference engine have changed.",
);

/// The description of `skip_unless_pipeline_changed`.
pub(crate) const PIPELINE: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.skip_unless_pipeline_changed",
    "Skips a task unless files of the training pipeline have changed.",
);

/// Runs a task if anything of the training pipeline has changed, its kinds among it.
pub(crate) fn pipeline() -> Transform {
    skip_unless(of_pipeline)
}

fn of_pipeline(ctx: &Context<'_>) -> Result<Vec<String>> {
    let mut patterns = vec!["pipeline/**".to_owned()];
    let folders = ["docker/**", "requirements.txt", "scripts/**", "translations_taskgraph/**"];
    patterns.extend(folders.iter().map(|folder| ctx.tree.from_top(folder)));
    // Python: a kind called `test` is left out; the one of the tree is called `tests`, and is not.
    patterns.extend(kinds(ctx, |kind| kind != "test")?);
    Ok(patterns)
}

/// Runs a task if anything of the inference engine has changed.
pub(crate) fn inference() -> Transform {
    skip_unless(of_inference)
}

fn of_inference(ctx: &Context<'_>) -> Result<Vec<String>> {
    let mut patterns = vec!["inference/**".to_owned(), ctx.tree.from_top("docker/inference/**")];
    patterns.extend(kinds(ctx, |kind| kind == "inference")?);
    Ok(patterns)
}

fn kinds(ctx: &Context<'_>, keep: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    // Python: `os.listdir`, whose order is that of the file system. The patterns mean the same in any order.
    let names = ctx.tree.kind_folders()?;
    Ok(names
        .iter()
        .filter(|name| keep(name))
        .map(|name| ctx.tree.from_top(&format!("kinds/{name}")))
        .collect())
}

fn skip_unless(patterns: fn(&Context<'_>) -> Result<Vec<String>>) -> Transform {
    let patterns = with_state(move |ctx| Ok(patterns(ctx)?.iter().map(String::as_str).collect::<Value>()));
    patterns.each(|_, patterns, description| {
        description.map_at("optimization")?.put("skip-unless-changed", patterns.clone());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn all_kinds_belong_to_the_pipeline() {
        let fixture = Fixture::new("{}").kind("inference");
        assert_eq!(
            fixture.one(pipeline(), "{}", "optimization.skip-unless-changed"),
            r#"["pipeline/**", "docker/**", "requirements.txt", "scripts/**", "translations_taskgraph/**", "kinds/inference"]"#
        );
    }

    #[test]
    fn one_kind_belongs_to_inference() {
        let fixture = Fixture::new("{}").kind("inference");
        let patterns = r#"["inference/**", "docker/inference/**", "kinds/inference"]"#;
        assert_eq!(fixture.one(inference(), "{}", "optimization.skip-unless-changed"), patterns);
        assert_eq!(
            Fixture::new("{}").one(inference(), "{}", "optimization.skip-unless-changed"),
            r#"["inference/**", "docker/inference/**"]"#
        );
    }
}
