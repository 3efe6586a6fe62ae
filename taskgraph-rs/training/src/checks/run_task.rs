//! The note about missing files of run-task: one for everything that they affect.

use taskgraph::diagnostics::Problem;

/// The code of warnings about it.
const CODE: &str = "run-task";

/// Common ending of the notes.
const ENDING: &str = " are not those of a real run";

/// Takes the warnings about run-task out of others, and makes one of them.
pub fn of_run_task(problems: Vec<Problem>) -> (Option<Problem>, Vec<Problem>) {
    let (about, others): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().partition(|problem| problem.code == CODE);
    let mut consequences: Vec<String> = Vec::new();
    for problem in &about {
        let consequence = problem.message.split_once(": ").map_or("", |(_, consequence)| consequence);
        let consequence = consequence.strip_suffix(ENDING).unwrap_or(consequence).to_owned();
        if !consequences.contains(&consequence) {
            consequences.push(consequence);
        }
    }
    let folded = about.into_iter().next().map(|first| {
        let message = format!("run-task was not found: {}{ENDING}", consequences.join(" and "));
        Problem { message, ..first }
    });
    (folded, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_reported_once() {
        let about = |what: &str| {
            Problem::warning(CODE, format!("run-task was not found: {what}{ENDING}")).help("name the folder")
        };
        let other = Problem::warning("equal-keys", "a key stands twice");
        let (folded, others) = of_run_task(vec![about("names"), other, about("digests"), about("names")]);
        let folded = folded.unwrap();
        assert_eq!(folded.message, "run-task was not found: names and digests are not those of a real run");
        assert_eq!(folded.help.as_deref(), Some("name the folder"));
        assert_eq!(others.len(), 1);
        assert!(of_run_task(others).0.is_none());
    }
}
