//! Problems on a terminal: the source around each, carets, what is allowed.

mod excerpt;

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::output_medium::{FIXED, OutputMedium, broken, columns, one_line, shortened};
use crate::text_layout::{Page, TextStyle};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer};
use anstream::{eprint, eprintln};
use excerpt::{Excerpt, is_near, origin};
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph_compat::source::Place;
use taskgraph_training::of_run_task;

/// Largest number of problems that are shown.
const MOST_SHOWN: usize = 100;

/// Prints to stderr. Colour is taken away where nobody could see it, or where `NO_COLOR` asks for it.
pub(crate) struct Reporter {
    renderer: Renderer,
    medium: OutputMedium,
    /// The warnings that this process has reported.
    reported: RefCell<BTreeSet<String>>,
}

/// Width of the margin before a message: ` ╰ help: `.
const MARGIN: usize = 12;

impl Reporter {
    /// A reporter for this process.
    pub(crate) fn new() -> Self {
        let medium = OutputMedium::stderr();
        let renderer = Renderer::styled().decor_style(DecorStyle::Unicode);
        let renderer = match medium.cut {
            Some(columns) => renderer.term_width(columns),
            None => renderer,
        };
        Reporter { renderer, medium, reported: RefCell::default() }
    }

    /// Tells problems, errors first; of very many the first ones.
    pub(crate) fn problems(&self, problems: &[Problem]) {
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(|problem| problem.severity);
        // With many configs over one tree, a warning that is about the tree is reported once.
        sorted.retain(|problem| problem.is_error() || self.reported.borrow_mut().insert(problem.to_string()));
        for problem in sorted.iter().take(MOST_SHOWN) {
            eprintln!("{}\n", self.render(problem));
        }
        if let Some(more) = sorted.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            eprintln!("… and {more} more\n");
        }
    }

    /// Tells warnings in few lines each, to go with a result.
    pub(crate) fn warnings(&self, warnings: &[Problem]) {
        let mut page = Page::new(self.medium);
        // With many files of one tree, what is to be said of the tree is said once.
        let is_new = |warning: &&Problem| self.reported.borrow_mut().insert(warning.to_string());
        let (run_task, others) = of_run_task(warnings.to_vec());
        let warnings: Vec<&Problem> = others.iter().chain(&run_task).filter(is_new).collect();
        for warning in warnings.iter().take(MOST_SHOWN) {
            let lines = brief(warning);
            let (first, more) =
                lines.split_first().map_or(("", &[][..]), |(first, more)| (first.as_str(), more));
            page.line_in(TextStyle::Warning, "warning: ", first);
            more.iter().for_each(|line| page.line(&format!("    {line}")));
        }
        eprint!("{}", page.into_text());
        if let Some(more) = warnings.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            eprintln!("… and {more} more warnings");
        }
    }

    /// The last line of a call that was refused.
    pub(crate) fn refused(&self, problems: &[Problem]) {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let warnings = problems.len() - errors;
        let mut counts = count(errors, "error");
        if warnings > 0 {
            counts = format!("{counts}, {}", count(warnings, "warning"));
        }
        eprintln!("{counts}; nothing was generated");
    }

    /// Tells what the machine is at fault for.
    pub(crate) fn machine(&self, error: &anyhow::Error) {
        let title = Level::ERROR.primary_title(self.message(&format!("{error}")));
        let causes =
            error.chain().skip(1).map(|cause| Level::NOTE.message(self.message(&format!("{cause}"))));
        eprintln!("{}", self.renderer.render(&[Group::with_title(title).elements(causes)]));
    }

    /// One problem, with the source around it.
    pub(crate) fn render(&self, problem: &Problem) -> String {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message(&problem.message)));
        let label = |place: &Place, label: &str| match self.fits(place, label) {
            true => (label.to_owned(), None),
            false => (String::new(), Some(self.message(label))),
        };
        if let Some(place) = &problem.place {
            let (near, far): (Vec<_>, Vec<_>) =
                problem.related.iter().partition(|related| is_near(place, &related.place));
            let places = near.iter().map(|related| &related.place).chain([place]);
            match Excerpt::around(place, places) {
                Some(excerpt) => {
                    let (beside, below) = label(place, &problem.label);
                    let mut notes = Vec::from_iter(below);
                    let mark = excerpt.mark(AnnotationKind::Primary, place, &beside);
                    let mut snippet = excerpt.snippet().annotation(mark);
                    for related in near {
                        let (beside, below) = label(&related.place, &related.label);
                        notes.extend(below);
                        let mark = excerpt.mark(AnnotationKind::Context, &related.place, &beside);
                        snippet = snippet.annotation(mark);
                    }
                    group = group.element(snippet);
                    for note in notes {
                        group = group.element(Level::NOTE.message(note));
                    }
                }
                None => {
                    group = group.element(origin(place));
                    if !problem.label.is_empty() {
                        group = group.element(Level::NOTE.message(self.message(&problem.label)));
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
            group = group.element(Level::NOTE.message(self.message(&problem.label)));
        }
        if !problem.path.0.is_empty() {
            group = group.element(Level::NOTE.message(self.message(&format!("at {}", problem.path))));
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(self.message(help)));
        }
        self.renderer.render(&[group])
    }

    /// Whether a label has room behind its place. One that has none stands below the lines of the file.
    fn fits(&self, place: &Place, label: &str) -> bool {
        let taken = place.span.column as usize + columns_of(place) + MARGIN;
        let label = columns(&one_line(label));
        match self.medium.cut {
            Some(most) => taken + label <= most,
            None => label <= 2 * FIXED,
        }
    }

    /// A message in as many lines as it needs. In a log, a sentence is in one line, where it can be searched for; a list
    /// that is as long as a page is not.
    fn message(&self, text: &str) -> String {
        let text = one_line(text);
        if self.medium.cut.is_none() && columns(&text) <= 3 * FIXED {
            return text;
        }
        let lines = broken(&text, 0, self.medium.width - MARGIN);
        let cut = |line: &String| match self.medium.cut {
            Some(most) => shortened(line, most - MARGIN),
            None => line.clone(),
        };
        lines.iter().map(cut).collect::<Vec<_>>().join("\n")
    }
}

/// Returns the number of columns of a place in its first line.
fn columns_of(place: &Place) -> usize {
    let text = &place.source.text;
    let whole = text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default();
    columns(whole.lines().next().unwrap_or_default())
}

/// The longest label that stands in the line of its problem.
const SHORT: usize = 40;

/// A problem without its source: the place to go to, and what to do there.
pub(crate) fn brief(problem: &Problem) -> Vec<String> {
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

/// A long text in several lines, as safe to show as one line: what a service says of scopes is as long as a page.
pub(crate) fn lines(text: &str) -> Vec<String> {
    broken(&one_line(text), 0, FIXED)
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
