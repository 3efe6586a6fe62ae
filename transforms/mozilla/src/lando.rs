//! The payload of `scriptworker-lando`: commits and tags that a release needs.

use std::collections::BTreeSet;

use crate::lando_schema::WORKER;
use crate::lando_schema_4::{WORKER_4_1, WORKER_4_2, WORKER_5};
use crate::scopes::{add_sorted, tag};
use anyhow::{Context as _, Result, bail};
use taskgraph::graph_config::GraphConfig;
use taskgraph::schema::Schema;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

/// Parameters that every such task needs, whether it reads them or not.
const RELEASE: [&str; 4] = ["version", "app_version", "next_version", "build_number"];

/// The worker implementation.
pub(crate) const PAYLOAD: Payload = Payload {
    name: "scriptworker-lando",
    summary: "Lands changes through Lando.",
    schema,
    follows_taskgraph: true,
    build,
};

/// The actions, in the order in which landoscript gets those of one map.
const ACTIONS: [&str; 9] = [
    "android-l10n-import",
    "android-l10n-sync",
    "l10n-bump",
    "tag",
    "version-bump",
    "esr-bump",
    "main-bump",
    "early-to-late-beta",
    "uplift",
];

fn schema(config: &GraphConfig) -> &'static Schema {
    match config.mozilla {
        version if version.names_revision_of_tags() => &WORKER_5,
        version if version.takes_revisions_of_branches() => &WORKER_4_2,
        version if version.has_schemas_of_msgspec() => &WORKER_4_1,
        _ => &WORKER,
    }
}

fn build(ctx: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    if let Some(name) = RELEASE.iter().find(|name| ctx.params.get(name).is_none()) {
        bail!("a task for landoscript needs the parameter `{name}`");
    }
    let product = description.get("shipping-product").cloned();
    let worker = description.map_at("worker")?;
    let repo = worker.text("lando-repo")?.to_owned();
    let mut payload = map! { "actions" => Value::list(), "lando_repo" => repo.as_str() };
    if let Some(ignore) = worker.get("ignore-closed-tree").filter(|ignore| **ignore != Value::Null) {
        payload.put("ignore_closed_tree", ignore.clone());
    }
    for (key, name) in [("dontbuild", "dontbuild"), ("force-dry-run", "dry_run")] {
        if worker.is_set(key) {
            payload.put(name, true);
        }
    }
    let mut actions: Vec<Value> = Vec::new();
    for action in worker.get("actions").and_then(Value::as_list).unwrap_or_default() {
        let of_name = |name| Some((name, action.get(name).filter(|info| info.truthy())?));
        for (name, info) in ACTIONS.into_iter().filter_map(of_name) {
            let (key, info, action) = match name {
                "tag" => ("tag_info", tag_info(ctx, product.as_ref(), info)?, "tag"),
                "version-bump" => ("version_bump_info", version_bump(ctx, info), "version_bump"),
                "l10n-bump" => ("l10n_bump_info", l10n_bump(info)?, "l10n_bump"),
                "android-l10n-import" => {
                    ("android_l10n_import_info", with_list(info, "toml-info"), "android_l10n_import")
                }
                "android-l10n-sync" => {
                    ("android_l10n_sync_info", with_list(info, "toml-info"), "android_l10n_sync")
                }
                "uplift" => ("merge_info", uplift(info)?, "merge_day"),
                _ => ("merge_info", with_list(info, "version-files"), "merge_day"),
            };
            payload.put(key, info);
            actions.push(action.into());
        }
    }
    let names: BTreeSet<&str> = actions.iter().filter_map(Value::as_str).collect();
    let mut scopes = vec![format!("project:releng:lando:repo:{repo}")];
    scopes.extend(names.into_iter().map(|action| format!("project:releng:lando:action:{action}")));
    for room in worker.get("matrix-rooms").and_then(Value::as_list).unwrap_or_default() {
        let route = format!("notify.matrix-room.{}", room.as_str().unwrap_or_default());
        let routes = definition.list_at("routes")?;
        routes.extend(["on-pending", "on-resolved"].map(|event| Value::from(format!("{route}.{event}"))));
        scopes.push("queue:route:notify.matrix-room.*".into());
    }
    payload.put("actions", actions);
    definition.put("payload", payload);
    tag(definition)?;
    add_sorted(definition, scopes)
}

/// The same map with `_` for `-` in its keys.
fn underscored(info: &Value) -> Value {
    let entries = info.as_map().into_iter().flatten();
    let renamed: Map = entries.map(|(key, value)| (key.replace('-', "_").into(), value.clone())).collect();
    renamed.into()
}

/// The same for a map and for the maps in the list at `key`.
fn with_list(info: &Value, key: &str) -> Value {
    let mut out = underscored(info);
    if let (Some(out), Some(list)) = (out.as_map_mut(), info.get(key).and_then(Value::as_list)) {
        out.put(&key.replace('-', "_"), list.iter().map(underscored).collect::<Vec<_>>());
    }
    out
}

fn l10n_bump(info: &Value) -> Result<Value> {
    let entries = info.as_list().unwrap_or_default();
    let urls: BTreeSet<&str> =
        entries.iter().filter_map(|entry| entry.get("l10n-repo-url")?.as_str()).collect();
    if urls.len() > 1 {
        bail!("all entries of `l10n-bump` need the same `l10n-repo-url`");
    }
    Ok(entries.iter().map(underscored).collect::<Vec<_>>().into())
}

fn uplift(info: &Value) -> Result<Value> {
    let mut out = with_list(info, "version-files");
    if let Some(out) = out.as_map_mut() {
        out.put("merge_old_head", true);
        if let Some(bump) = info.get("l10n-bump-info").filter(|bump| bump.truthy()) {
            out.put("l10n_bump_info", l10n_bump(bump)?);
        }
    }
    Ok(out)
}

fn version_bump(ctx: &Context<'_>, info: &Value) -> Value {
    map! {
        "next_version" => ctx.params.get("next_version").cloned(),
        "files" => info.get("bump-files").cloned(),
    }
    .into()
}

fn tag_info(ctx: &Context<'_>, product: Option<&Value>, info: &Value) -> Result<Value> {
    let Some(product) = product.and_then(Value::as_str) else {
        return Err(missing("shipping-product", "the product that is tagged"));
    };
    let product = product.to_uppercase();
    let version = ctx.params.get("version").and_then(Value::as_str);
    let version = version.context("the parameter `version` must be a string")?.replace('.', "_");
    let number = ctx.params.get("build_number").map(taskgraph_compat::python::str).unwrap_or_default();
    let types = info.get("types").and_then(Value::as_list).unwrap_or_default();
    let mut tags: Vec<Value> = Vec::new();
    if types.contains(&"buildN".into()) {
        tags.push(format!("{product}_{version}_BUILD{number}").into());
    }
    if types.contains(&"release".into()) {
        tags.push(format!("{product}_{version}_RELEASE").into());
    }
    let mut out = map! { "tags" => tags };
    let named = ctx.config.mozilla.names_revision_of_tags();
    let url = info.get("hg-repo-url").cloned();
    if let Some(url) = url.filter(|url| !named || url.truthy()) {
        out.put("hg_repo_url", url);
    }
    let revision = info.get("revision").cloned().filter(|_| named);
    out.put("revision", revision.unwrap_or_else(|| ctx.params.text("head_rev").into()));
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::mozilla_taskgraph_version::MozillaVersion;

    use transforms_testing::{Fixture, built_with, params};

    const PARAMS: &str =
        "{version: '1.2', app_version: x, next_version: '1.3', build_number: 4, head_rev: r}";

    fn payload(actions: &str) -> String {
        let worker = format!(
            "shipping-product: app, worker: {{lando-repo: m, dontbuild: true, matrix-rooms: [z], actions: {actions}}}"
        );
        built_with(&PAYLOAD, &worker, PARAMS).unwrap()
    }

    #[test]
    fn tags_and_bumps_know_the_version() {
        let actions =
            "[{tag: {types: [release, buildN], hg-repo-url: h}}, {version-bump: {bump-files: [f]}}]";
        assert_eq!(
            payload(actions),
            r#"{"routes": ["notify.matrix-room.z.on-pending", "notify.matrix-room.z.on-resolved"], "payload": {"actions": ["tag", "version_bump"], "lando_repo": "m", "dontbuild": true, "tag_info": {"tags": ["APP_1_2_BUILD4", "APP_1_2_RELEASE"], "hg_repo_url": "h", "revision": "r"}, "version_bump_info": {"next_version": "1.3", "files": ["f"]}}, "tags": {"worker-implementation": "scriptworker"}, "scopes": ["project:releng:lando:action:tag", "project:releng:lando:action:version_bump", "project:releng:lando:repo:m", "queue:route:notify.matrix-room.*"]}"#
        );
    }

    /// Returns the payload for a version of mozilla-taskgraph, as JSON.
    fn payload_of(version: MozillaVersion, actions: &str) -> String {
        let mut fixture = Fixture::new("{}");
        fixture.params = params(PARAMS);
        fixture.config.mozilla = version;
        let description = format!("{{shipping-product: app, worker: {{lando-repo: m, actions: {actions}}}}}");
        let mut definition = Map::default();
        build(&fixture.context(), &mut fixture.descriptions(&description)[0], &mut definition).unwrap();
        format!("{:?}", definition["payload"])
    }

    #[test]
    fn a_tag_has_the_revision_of_its_version() {
        let tag = "[{tag: {types: [release], revision: own, hg-repo-url: null}}]";
        let five = payload_of(MozillaVersion::new(5, 0, 1), tag);
        assert!(five.contains(r#""tag_info": {"tags": ["APP_1_2_RELEASE"], "revision": "own"}"#), "{five}");
        let tag = "[{tag: {types: [release], hg-repo-url: h}}]";
        let four = payload_of(MozillaVersion::new(4, 4, 0), tag);
        let expected = r#""tag_info": {"tags": ["APP_1_2_RELEASE"], "hg_repo_url": "h", "revision": "r"}"#;
        assert!(four.contains(expected), "{four}");
    }

    #[test]
    fn actions_of_one_map_have_an_order_and_unknown_ones_do_nothing() {
        let actions = "[{unknown: {a: 1}, version-bump: {bump-files: [f]}, main-bump: null, \
                       android-l10n-sync: {from-branch: a, toml-info: []}}]";
        let four = payload_of(MozillaVersion::new(4, 1, 2), actions);
        assert!(four.contains(r#""actions": ["android_l10n_sync", "version_bump"]"#), "{four}");
    }

    #[test]
    fn the_shape_follows_the_version() {
        let violations = |version, action: &str| {
            let mut fixture = Fixture::new("{}");
            fixture.config.mozilla = version;
            let worker = format!("{{worker: {{implementation: x, lando-repo: m, actions: [{action}]}}}}");
            let violations = schema(&fixture.config).check(&fixture.descriptions(&worker)[0]["worker"]);
            violations.iter().map(|violation| violation.path.to_string()).collect::<Vec<_>>()
        };
        let [three, four, later, five] = [(3, 4, 2), (4, 1, 2), (4, 4, 0), (5, 0, 1)]
            .map(|(major, minor, patch)| MozillaVersion::new(major, minor, patch));
        let bump = "{esr-bump: {to-branch: b, to-revision: r, fetch-version-from: v, version-files: []}}";
        assert!(violations(later, bump).is_empty() && violations(five, bump).is_empty());
        assert_eq!(violations(four, bump), ["actions[0].esr-bump.to-revision"]);
        assert!(!violations(three, bump).is_empty());
        let tag = "{tag: {types: [release], hg-repo-url: h}}";
        assert!(violations(three, tag).is_empty() && violations(later, tag).is_empty());
        assert_eq!(violations(five, tag), ["actions[0].tag.revision"]);
        let null = "{tag: null, x: 1}";
        assert!(violations(four, null).is_empty() && !violations(three, null).is_empty());
    }

    #[test]
    fn keys_get_underscores() {
        let uplift = "[{uplift: {fetch-version-from: v, from-branch: a, to-branch: b, version-files: \
                      [{filename: f, new-suffix: s}], l10n-bump-info: [{l10n-repo-url: u}]}}]";
        assert!(payload(uplift).contains(
            r#""merge_info": {"fetch_version_from": "v", "from_branch": "a", "to_branch": "b", "version_files": [{"filename": "f", "new_suffix": "s"}], "l10n_bump_info": [{"l10n_repo_url": "u"}], "merge_old_head": true}"#
        ));
        let sync = "[{android-l10n-sync: {from-branch: a, toml-info: [{toml-path: t}]}}]";
        assert!(payload(sync).contains(
            r#""android_l10n_sync_info": {"from_branch": "a", "toml_info": [{"toml_path": "t"}]}"#
        ));
    }

    #[test]
    fn what_a_release_lacks_is_reported() {
        let error = built_with(&PAYLOAD, "worker: {lando-repo: m, actions: []}", "{}").unwrap_err();
        assert!(error.to_string().contains("the parameter `version`"));
        let two = "worker: {lando-repo: m, actions: [{l10n-bump: [{l10n-repo-url: a}, {l10n-repo-url: b}]}]}";
        assert!(built_with(&PAYLOAD, two, PARAMS).is_err());
    }
}
