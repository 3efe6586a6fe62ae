//! Errors of the tree's Python about parameters that do not fit its schema, with the places of the keys.

use crate::diagnostics::Problem;
use crate::parameters::Params;
use taskgraph_compat::value::path::KeyPath;

/// Between what is wrong and where, in a message of voluptuous.
const WHERE: &str = " @ data";

/// The problems that one of the worker speaks of, each with the place of its key, as far as its message names keys.
pub fn mismatch_problems(params: &Params, problem: Problem) -> Vec<Problem> {
    let lines: Vec<&str> = problem.help.iter().flat_map(|help| help.split("; ")).collect();
    let reported: Vec<Problem> = lines.iter().filter_map(|line| mismatch(params, line)).collect();
    if reported.is_empty() { vec![problem] } else { reported }
}

fn mismatch(params: &Params, line: &str) -> Option<Problem> {
    let (what, keys) = line.split_once(WHERE)?;
    let path = keys.split('[').skip(1).map(|key| key.split(']').next().unwrap_or_default());
    let mut full = KeyPath::default();
    for key in path {
        full = match (key.parse::<usize>(), key.trim_matches(['\'', '"'])) {
            (Ok(index), _) => full.join(index),
            (Err(_), name) => full.join(name),
        };
    }
    let name = full.last_key().unwrap_or("the parameters").to_owned();
    let problem = Problem::error("wrong-value", format!("`{name}` is not what the tree takes: {what}"));
    Some(problem.at(params.path_in_file(&full), "").in_place(params.place_of_value(&full)))
}
