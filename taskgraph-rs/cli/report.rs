//! Problems on a terminal: the source around each, carets, what is allowed. The only file that knows of colour.

mod excerpt;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer};
use anstream::eprintln;
use taskgraph::inert::inert;
use taskgraph::problem::{Problem, Severity};
use taskgraph::secret::redact;

use excerpt::{Excerpt, is_near, origin};

/// How many problems are told: who has more mends these first.
const MOST_SHOWN: usize = 100;

/// Prints to stderr. Colour is taken away where nobody could see it, or where `NO_COLOR` asks for it.
pub struct Reporter {
    renderer: Renderer,
}

impl Reporter {
    /// A reporter for this process.
    pub fn new() -> Self {
        Reporter { renderer: Renderer::styled().decor_style(DecorStyle::Unicode) }
    }

    /// Tells problems, errors first; of very many the first ones.
    pub fn problems(&self, problems: &[Problem]) {
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(|problem| problem.severity);
        for problem in sorted.iter().take(MOST_SHOWN) {
            eprintln!("{}\n", self.render(problem));
        }
        if let Some(more) = sorted.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            eprintln!("… and {more} more\n");
        }
    }

    /// Tells warnings in few lines each, to go with a result.
    pub fn warnings(&self, warnings: &[Problem]) {
        for warning in warnings.iter().take(MOST_SHOWN) {
            let lines = brief(warning);
            eprintln!("warning: {}", lines.join("\n    "));
        }
        if let Some(more) = warnings.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            eprintln!("… and {more} more warnings");
        }
    }

    /// The last line of a call that was refused.
    pub fn refused(&self, problems: &[Problem]) {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let warnings = problems.len() - errors;
        let mut counts = count(errors, "error");
        if warnings > 0 {
            counts = format!("{counts}, {}", count(warnings, "warning"));
        }
        eprintln!("{counts}; nothing was generated");
    }

    /// Tells what the machine is at fault for.
    pub fn machine(&self, error: &anyhow::Error) {
        let title = Level::ERROR.primary_title(one_line(&format!("{error}")));
        let causes =
            error.chain().skip(1).map(|cause| Level::NOTE.message(lines(&format!("{cause}")).join("\n")));
        eprintln!("{}", self.renderer.render(&[Group::with_title(title).elements(causes)]));
    }

    /// One problem, with the source around it.
    pub fn render(&self, problem: &Problem) -> String {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(one_line(&problem.message)));
        if let Some(place) = &problem.place {
            let (near, far): (Vec<_>, Vec<_>) =
                problem.related.iter().partition(|related| is_near(place, &related.place));
            let places = near.iter().map(|related| &related.place).chain([place]);
            match Excerpt::around(place, places) {
                Some(excerpt) => {
                    let mut snippet = excerpt.snippet().annotation(excerpt.mark(
                        AnnotationKind::Primary,
                        place,
                        &problem.label,
                    ));
                    for related in near {
                        let mark = excerpt.mark(AnnotationKind::Context, &related.place, &related.label);
                        snippet = snippet.annotation(mark);
                    }
                    group = group.element(snippet);
                }
                None => {
                    group = group.element(origin(place));
                    if !problem.label.is_empty() {
                        group = group.element(Level::NOTE.message(one_line(&problem.label)));
                    }
                }
            }
            for related in far {
                group = match Excerpt::around(&related.place, [&related.place]) {
                    Some(excerpt) => {
                        let mark = excerpt.mark(AnnotationKind::Context, &related.place, &related.label);
                        group.element(excerpt.snippet().annotation(mark))
                    }
                    None => group.element(origin(&related.place)),
                };
            }
        } else if !problem.label.is_empty() {
            group = group.element(Level::NOTE.message(one_line(&problem.label)));
        }
        if !problem.path.0.is_empty() {
            group = group.element(Level::NOTE.message(one_line(&format!("at {}", problem.path))));
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(one_line(help)));
        }
        self.renderer.render(&[group])
    }
}

/// The longest label that stands in the line of its problem.
const SHORT: usize = 40;

/// A problem without its source: the place to go to, and what to do there.
pub fn brief(problem: &Problem) -> Vec<String> {
    let place = problem.place.as_ref().map(|place| format!("{place}  ")).unwrap_or_default();
    let is_short = problem.label.chars().count() <= SHORT && !problem.label.is_empty();
    let more = if is_short { format!(": {}", problem.label) } else { String::new() };
    let mut lines = vec![one_line(&format!("{place}{}{more}", problem.message))];
    if !is_short && !problem.label.is_empty() {
        lines.push(one_line(&problem.label));
    }
    if let [related] = &problem.related[..] {
        lines.push(one_line(&format!("{}  {}", related.place, related.label)));
    }
    lines.extend(problem.help.as_deref().map(one_line));
    lines
}

/// The longest line that is shown, in characters: names may be of any length.
const LONGEST_LINE: usize = 2_000;

/// Control characters never reach a terminal raw, nor do users and passwords of urls.
pub fn one_line(text: &str) -> String {
    let redacted = redact(text);
    let shown = inert(&redacted);
    match shown.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}

/// How many characters of a long text stand in a line.
const WIDTH: usize = 100;

/// A long text in several lines, as safe to show as one line: what a service says of scopes is as long as a page.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in one_line(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
