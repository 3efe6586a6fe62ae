//! `translations_taskgraph.transforms.skip_unless_pipeline_changed` and `…skip_unless_inference_changed`: tasks that
//! are only worth running when files of the pipeline, or of the inference engine, have changed.

use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, Stub, each};
use taskgraph_compat::value::Value;

/// Runs a task if anything of the training pipeline has changed, its kinds among it.
pub fn pipeline(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let mut patterns = vec!["pipeline/**".to_owned()];
    let folders = ["docker/**", "requirements.txt", "scripts/**", "translations_taskgraph/**"];
    patterns.extend(folders.iter().map(|folder| ctx.tree.from_top(folder)));
    // Python: a kind called `test` is left out; the one of the tree is called `tests`, and is not.
    patterns.extend(kinds(ctx, |kind| kind != "test")?);
    skip_unless(&patterns, stubs)
}

/// Runs a task if anything of the inference engine has changed.
pub fn inference(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let mut patterns = vec!["inference/**".to_owned(), ctx.tree.from_top("docker/inference/**")];
    patterns.extend(kinds(ctx, |kind| kind == "inference")?);
    skip_unless(&patterns, stubs)
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

fn skip_unless(patterns: &[String], stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let patterns: Value = patterns.iter().map(String::as_str).collect();
    each(stubs, |stub| {
        stub.map_at("optimization")?.put("skip-unless-changed", patterns.clone());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Bench;

    #[test]
    fn all_kinds_belong_to_the_pipeline() {
        let bench = Bench::new("{}").kind("inference");
        assert_eq!(
            bench.one(pipeline, "{}", "optimization.skip-unless-changed"),
            r#"["pipeline/**", "docker/**", "requirements.txt", "scripts/**", "translations_taskgraph/**", "kinds/inference"]"#
        );
    }

    #[test]
    fn one_kind_belongs_to_inference() {
        let bench = Bench::new("{}").kind("inference");
        let patterns = r#"["inference/**", "docker/inference/**", "kinds/inference"]"#;
        assert_eq!(bench.one(inference, "{}", "optimization.skip-unless-changed"), patterns);
        assert_eq!(
            Bench::new("{}").one(inference, "{}", "optimization.skip-unless-changed"),
            r#"["inference/**", "docker/inference/**"]"#
        );
    }
}
