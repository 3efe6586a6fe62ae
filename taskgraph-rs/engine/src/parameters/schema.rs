//! The schema of the base parameters, and the check of all of them at once.

use crate::diagnostics::Problem;
use crate::diagnostics::origin::problem_of;
use crate::graph::json::numbers;
use crate::parameters::Params;
use crate::schema::{Field, STRINGS, Schema, Violation, What, optional, required};
use crate::taskgraph_version::TaskgraphVersion;
use indexmap::IndexMap;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const TEXT_OR_NULL: Schema = Schema::Either(&[Schema::Str, Schema::Null], "a string or nothing (null)");

const BASE: &[Field] = &[
    required("base_repository", Schema::Str),
    required("base_ref", Schema::Str),
    required("base_rev", Schema::Str),
    required("build_date", Schema::Int),
    required("build_number", Schema::Int),
    required("do_not_optimize", STRINGS),
    required(
        "enable_always_target",
        Schema::Either(&[Schema::Bool, STRINGS], "true, false or a list of kinds"),
    ),
    required("existing_tasks", Schema::MapOf(&Schema::Str)),
    required("files_changed", STRINGS),
    required("filters", STRINGS),
    required("head_ref", Schema::Str),
    required("head_repository", Schema::Str),
    required("head_rev", Schema::Str),
    required("head_tag", Schema::Str),
    required("level", Schema::Str),
    required("moz_build_date", Schema::Str),
    required("next_version", TEXT_OR_NULL),
    required("optimize_strategies", TEXT_OR_NULL),
    required("optimize_target_tasks", Schema::Bool),
    required("owner", Schema::Str),
    required("project", Schema::Str),
    required("pushdate", Schema::Int),
    required("pushlog_id", Schema::Str),
    required("repository_type", Schema::Str),
    required("target_tasks_method", Schema::Str),
    required("tasks_for", Schema::Str),
    required("version", TEXT_OR_NULL),
    optional("code-review", Schema::Open(&[required("phabricator-build-target", Schema::Str)], &Schema::Any)),
];

/// Returns the problems of parameters with their schemas: the base ones, and those of `fields`, which the tree adds.
///
/// Python, when it is not strict, lets unknown keys pass everywhere; so they are not errors here either, and
/// whether they have an effect is reported after the graph is made.
pub fn check(params: &Params, fields: &[Field], version: TaskgraphVersion) -> Vec<Problem> {
    let mut problems = Vec::new();
    for field in BASE.iter().chain(fields) {
        let is_null = params.get(field.name) == Some(&Value::Null);
        if field.name == "base_ref" && is_null && version.takes_no_base_ref() {
            continue;
        }
        let path = KeyPath::dotted(field.name);
        let violations = match params.get(field.name) {
            Some(value) => field.schema.check(value),
            None if field.required => {
                let what = What::Missing(field.schema.in_words());
                vec![Violation { path: KeyPath::default(), what }]
            }
            None => Vec::new(),
        };
        let within = |violation: Violation| Violation { path: path.concat(&violation.path), ..violation };
        let known = violations.into_iter().filter(|violation| !matches!(violation.what, What::Unknown(_)));
        problems.extend(violation_problems(params, &known.map(within).collect::<Vec<_>>()));
    }
    if let Some(level) = params.get("level").and_then(Value::as_str)
        && level.trim().parse::<i64>().is_err()
    {
        let path = KeyPath::dotted("level");
        let place = params.place_of_value(&path);
        problems.push(
            Problem::error("wrong-value", "`level` must be a number in quotes")
                .at(params.path_in_file(&path), format!("found `{level}`"))
                .in_place(place),
        );
    }
    if problems.is_empty()
        && let Err(error) = params.file_url("")
    {
        let is_known = matches!(params.text("repository_type"), "git" | "hg");
        let path = KeyPath::dotted(if is_known { "head_repository" } else { "repository_type" });
        let problem = Problem::error("wrong-value", error.to_string())
            .at(params.path_in_file(&path), "links to the tree are made of it")
            .in_place(params.place_of_value(&path));
        problems.push(match is_known {
            true => problem.help(
                "without parameters it is the url of the git remote `origin`; give another one with a parameters file",
            ),
            false => problem,
        });
    }
    for field in fields {
        problems
            .extend(params.get(field.name).into_iter().flat_map(|value| without_place(params, field, value)));
    }
    problems
}

/// Parameters that neither the engine nor the tree knows, and keys in them that it does not know: a decision refuses
/// them. Python: `Parameters.check`, strict.
pub fn unknown(params: &Params, fields: &[Field]) -> Vec<Problem> {
    let known: Vec<&'static str> = BASE.iter().chain(fields).map(|field| field.name).collect();
    let unknown = params.values().keys().filter(|name| !known.contains(&&***name));
    let unknown = unknown
        .map(|name| Violation { path: KeyPath::default().join(name), what: What::Unknown(known.clone()) });
    let unknown = unknown.map(|violation| violation_problem(params, &violation));
    let all = BASE.iter().chain(fields);
    unknown.chain(all.flat_map(|field| unknown_inside(params, field))).collect()
}

/// Keys inside one parameter that the tree does not know, whatever its name is.
pub fn unknown_in(params: &Params, fields: &[Field], name: &str) -> Vec<Problem> {
    let named = BASE.iter().chain(fields).filter(|field| field.name == name);
    named.flat_map(|field| unknown_inside(params, field)).collect()
}

fn unknown_inside(params: &Params, field: &Field) -> Vec<Problem> {
    let violations = params.get(field.name).map(|value| field.schema.check(value)).unwrap_or_default();
    let unknown = violations.into_iter().filter(|violation| matches!(violation.what, What::Unknown(_)));
    let unknown = unknown.map(|violation| Violation {
        path: KeyPath::dotted(field.name).concat(&violation.path),
        ..violation
    });
    unknown.map(|violation| violation_problem(params, &violation)).collect()
}

/// Numbers of a config that JSON lacks: parameters travel as JSON, from an action to its graph for example.
fn without_place(params: &Params, field: &Field, value: &Value) -> Vec<Problem> {
    let found = numbers::each(value).into_iter();
    found
        .map(|(inside, number)| {
            let path = KeyPath::dotted(field.name).concat(&inside);
            let key = path.last_name().unwrap_or_default();
            Problem::error("wrong-value", format!("`{key}` is {number}, which JSON has no place for"))
                .at(params.path_in_file(&path), "parameters are written as JSON")
                .in_place(params.place_of_value(&path))
        })
        .collect()
}

/// Violations as problems. What a section lacks is reported at once: each key by itself would repeat the place of the section.
fn violation_problems(params: &Params, violations: &[Violation]) -> Vec<Problem> {
    let mut missing: IndexMap<KeyPath, Vec<&Violation>> = IndexMap::new();
    for violation in violations.iter().filter(|violation| matches!(violation.what, What::Missing(_))) {
        missing.entry(violation.path.parent()).or_default().push(violation);
    }
    let mut problems = Vec::new();
    for violation in violations {
        match missing.get(&violation.path.parent()).filter(|_| matches!(violation.what, What::Missing(_))) {
            Some(lacking) if lacking.len() > 1 => {
                if lacking.first().is_some_and(|first| first.path == violation.path) {
                    problems.push(lacks(params, &violation.path.parent(), lacking));
                }
            }
            _ => problems.push(violation_problem(params, violation)),
        }
    }
    problems
}

/// A section that lacks several keys.
fn lacks(params: &Params, section: &KeyPath, lacking: &[&Violation]) -> Problem {
    let names: Vec<String> = lacking.iter().filter_map(|violation| violation.path.last_name()).collect();
    let named = suggest::list(names.iter().map(|name| format!("`{name}`"))).replace(" or ", " and ");
    let label = format!("{} keys have to be here", names.len());
    Problem::error("missing-key", format!("missing keys {named}"))
        .at(params.path_in_file(section), label)
        .in_place(params.place_of_key(section))
}

/// A violation of the parameters as a problem, with its place in the file that has it.
pub fn violation_problem(params: &Params, violation: &Violation) -> Problem {
    let (document, inside) = match params.layer(&violation.path) {
        Some((layer, inside)) => (Some(layer.document.clone()), inside),
        None => (None, violation.path.clone()),
    };
    problem_of(violation, inside, document.as_ref())
}
