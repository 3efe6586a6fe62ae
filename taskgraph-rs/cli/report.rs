//! Problems on a terminal: the source around each, carets, what is allowed. The only file that knows of colour.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstream::eprintln;
use taskgraph::problem::{Problem, Severity};
use taskgraph::secret::{hide, redact};
use taskgraph::source::Place;

/// Prints to stderr. Colour is taken away where nobody could see it, or where `NO_COLOR` asks for it.
pub struct Reporter {
    renderer: Renderer,
}

impl Reporter {
    /// A reporter for this process.
    pub fn new() -> Self {
        Reporter { renderer: Renderer::styled().decor_style(DecorStyle::Unicode) }
    }

    /// Tells problems, errors first.
    pub fn problems(&self, problems: &[Problem]) {
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(|problem| problem.severity);
        for problem in sorted {
            eprintln!("{}\n", self.render(problem));
        }
    }

    /// Tells warnings in few lines each, to go with a result.
    pub fn warnings(&self, warnings: &[Problem]) {
        for warning in warnings {
            let lines = brief(warning);
            eprintln!("warning: {}", lines.join("\n    "));
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
        let causes = error.chain().skip(1).map(|cause| Level::NOTE.message(format!("{cause}")));
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
            let same = |other: &&taskgraph::problem::Related| other.place.source == place.source;
            let mut snippet = snippet(place)
                .annotation(AnnotationKind::Primary.span(range(place)).label(one_line(&problem.label)));
            for related in problem.related.iter().filter(same) {
                snippet = snippet.annotation(
                    AnnotationKind::Context.span(range(&related.place)).label(one_line(&related.label)),
                );
            }
            group = group.element(snippet);
            for related in problem.related.iter().filter(|other| !same(other)) {
                let label = one_line(&related.label);
                group = group.element(snippet_of(&related.place, label));
            }
        } else if !problem.label.is_empty() {
            group = group.element(Level::NOTE.message(one_line(&problem.label)));
        }
        if !problem.path.0.is_empty() {
            group = group.element(Level::NOTE.message(format!("at {}", problem.path)));
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

fn snippet(place: &Place) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let shown = hide(place.clone());
    Snippet::source(shown.source.text.clone()).path(shown.source.name.clone())
}

fn snippet_of(place: &Place, label: String) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    snippet(place).annotation(AnnotationKind::Context.span(range(place)).label(label))
}

/// The first line of a place, so that a whole section is not underlined.
fn range(place: &Place) -> std::ops::Range<usize> {
    let text = &place.source.text;
    let start = (place.span.start as usize).min(text.len());
    let end = (place.span.end as usize).clamp(start, text.len());
    let line = text[start..end].find('\n').map_or(end, |length| start + length);
    start..line
}

/// Control characters never reach a terminal raw, nor do users and passwords of urls.
pub fn one_line(text: &str) -> String {
    redact(text)
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
