//! Findings as text: lines are wrapped to the width of the terminal.

use crate::commands::doctor::findings::MissingPart;
use crate::commands::doctor::findings::{Findings, PackageFound, Part, PythonRegistrations, Reason};
use crate::output_medium::one_line;
use crate::output_medium::{OutputMedium, broken, shortened};
use crate::report::count;
use taskgraph::known_python::InstalledVersion;
use taskgraph::newer_taskgraph::{Change, Effect};

/// The column at which what is said of something begins.
const COLUMN: usize = 24;

/// The whole page.
pub(super) fn page(findings: &Findings, medium: OutputMedium) -> String {
    let mut page = TextBuffer { text: String::new(), medium };
    page.heading("Taskgraph");
    for package in &findings.packages {
        packages(&mut page, package);
    }
    match &findings.python {
        Some(python) => {
            let is_there = if python.exists { "" } else { "; it is not there" };
            page.row("interpreter", &format!("{}, by {}{is_there}", python.program, python.found_by));
        }
        None => page.row("interpreter", "none"),
    }
    page.row("run-task", findings.run_task.as_deref().unwrap_or("not found"));
    page.row(
        "native parts",
        match findings.native_parts {
            "always" => "all there are, whatever the Python of the tree is (--native always)",
            "never" => "none (--native never)",
            _ => "those that are known to equal the Python of the tree",
        },
    );
    if !findings.parts.is_empty() {
        page.heading("Parts of the tree");
        parts(&mut page, &findings.parts);
    }
    kinds(&mut page, &findings.kinds);
    if let Some(registered) = &findings.registered {
        this_was_registered(&mut page, registered);
    }
    newer(&mut page, findings.newer.as_deref().unwrap_or_default());
    let (fatal, other): (Vec<_>, Vec<_>) = findings.missing.iter().partition(|missing| missing.is_fatal);
    page.missing("Worth knowing", &other);
    page.missing("Missing", &fatal);
    page.heading(match (findings.can_be_made, fatal.is_empty()) {
        (true, _) => "A graph can be made.",
        (false, true) => "No graph can be made: the tree is wrong.",
        (false, false) => "No graph can be made: something is missing.",
    });
    page.text
}

fn packages(page: &mut TextBuffer, package: &PackageFound) {
    let asked = match (&package.decisive, package.pinned.first()) {
        (Some(pin), _) => format!("{} by {}:{}", pin.text, pin.file, pin.line),
        (None, Some(pin)) => format!("several versions, by {}:{}", pin.file, pin.line),
        (None, None) => "no version".into(),
    };
    let other = package.disagrees.as_ref();
    let other = other.map(|pin| format!("; {}:{} asks for {}", pin.file, pin.line, pin.text));
    page.row(package.name, &format!("pinned: {asked}{}", other.unwrap_or_default()));
    let found = match &package.installed {
        InstalledVersion::Version(version) => version.to_string(),
        InstalledVersion::Hidden { why, version: Some(version) } => format!("{version}, but {why}"),
        InstalledVersion::Hidden { why, version: None } => format!("a version that is hidden: {why}"),
        InstalledVersion::Absent => "not installed".into(),
    };
    page.row("", &format!("found: {found}"));
    let compared: Vec<String> = package.compared.iter().map(ToString::to_string).collect();
    let compared = if compared.is_empty() { "no version".into() } else { compared.join(", ") };
    page.row("", &format!("compared with native parts: {compared}"));
}

/// Parts, those that are alike in one row.
fn parts(page: &mut TextBuffer, parts: &[Part]) {
    for (made_by, heading) in [("native", "native"), ("none", "nothing of its own")] {
        let alike = parts.iter().filter(|part| part.made_by == made_by);
        let names: Vec<&str> = alike.map(|part| &*part.name).collect();
        if !names.is_empty() {
            page.row(heading, &names.join(", "));
        }
    }
    let mut rest: Vec<&Part> = parts.iter().filter(|part| part.because.is_some()).collect();
    while !rest.is_empty() {
        let first = rest.remove(0);
        page.part(first);
        let (alike, others): (Vec<&Part>, Vec<&Part>) =
            rest.into_iter().partition(|part| part.because == first.because);
        if !alike.is_empty() {
            let names: Vec<&str> = alike.iter().map(|part| &*part.name).collect();
            page.row("", &format!("and so are {}", names.join(", ")));
        }
        rest = others;
    }
}

fn kinds(page: &mut TextBuffer, kinds: &[Part]) {
    let native: Vec<&str> =
        kinds.iter().filter(|kind| kind.because.is_none()).map(|kind| &*kind.name).collect();
    if kinds.is_empty() {
        return;
    }
    let in_python = kinds.len() - native.len();
    page.heading(&format!("{}: {} native, {in_python} in Python", count(kinds.len(), "kind"), native.len()));
    if !native.is_empty() {
        page.row("native", &native.join(", "));
    }
    let mut rest: Vec<&Part> = kinds.iter().filter(|kind| kind.because.is_some()).collect();
    let same = |one: &Part, other: &Part| match (&one.because, &other.because) {
        (Some(one), Some(other)) => (&one.message, &one.object) == (&other.message, &other.object),
        _ => false,
    };
    while let Some(first) = rest.first().copied() {
        let (alike, others): (Vec<&Part>, Vec<&Part>) = rest.into_iter().partition(|kind| same(kind, first));
        match &alike[..] {
            [kind] => page.part(kind),
            several => {
                let names: Vec<&str> = several.iter().map(|kind| &*kind.name).collect();
                page.row("in Python", &names.join(", "));
                first.because.iter().for_each(|reason| page.row("", &of_several(reason)));
            }
        }
        rest = others;
    }
}

/// Describes the reason of several kinds: each has a place of its own.
fn of_several(reason: &Reason) -> String {
    match reason.object_besides() {
        Some(object) => format!("because {} (`{object}`)", reason.message),
        None => format!("because {}", reason.message),
    }
}

fn this_was_registered(page: &mut TextBuffer, registered: &PythonRegistrations) {
    let versions = format!("Python {}, Taskgraph {}", registered.python, registered.taskgraph);
    page.heading(&format!("Registered by the tree ({versions})"));
    for (what, names) in &registered.names {
        page.row(&what.replace('-', " "), &names.join(", "));
    }
    for (what, names) in [("replaced", &registered.replaced), ("schemas that grew", &registered.schemas)] {
        if !names.is_empty() {
            page.row(what, &names.join(", "));
        }
    }
    if registered.names.is_empty() && registered.replaced.is_empty() && registered.schemas.is_empty() {
        page.row("nothing", "");
    }
}

/// Lists the differences of a newer Taskgraph, with all places.
fn newer(page: &mut TextBuffer, changes: &[Change]) {
    if !changes.is_empty() {
        page.heading("Under a newer Taskgraph");
    }
    let same = |one: &Change, other: &Change| (one.since, &one.message) == (other.since, &other.message);
    for alike in changes.chunk_by(same) {
        let Change { since, effect, message, .. } = &alike[0];
        let effect = match effect {
            Effect::Refused => "refused",
            Effect::Ignored => "ignored",
        };
        page.row(&format!("{effect} since {since}"), message);
        for Change { file, line, .. } in alike {
            page.row("", &format!("{file}:{line}"));
        }
    }
}

/// Whether a text is a command and nothing else. It stays on one line, however long that is, so that it can be copied.
fn is_command(text: &str) -> bool {
    text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).is_some_and(|inside| !inside.contains('`'))
}

/// A text that grows. What a tree has in it cannot break out of its line.
struct TextBuffer {
    text: String,
    medium: OutputMedium,
}

impl TextBuffer {
    fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.wrapped("", 0, text);
    }

    /// A name, and what is said of it in a column of its own.
    fn row(&mut self, name: &str, text: &str) {
        let start = format!("  {}", one_line(name));
        let text = one_line(text);
        match start.chars().count() < COLUMN {
            true => self.wrapped(&format!("{start:COLUMN$}"), COLUMN, &text),
            false => {
                self.wrapped(&start, COLUMN, "");
                self.wrapped(&" ".repeat(COLUMN), COLUMN, &text);
            }
        }
    }

    fn part(&mut self, part: &Part) {
        let Some(reason) = &part.because else { return };
        self.row(&part.name, &format!("Python: {}", reason.message));
        let object = reason.object_besides().map(|object| format!("`{object}`, ")).unwrap_or_default();
        match &reason.place {
            Some(place) => self.row("", &format!("{object}named at {place}")),
            None if object.is_empty() => {}
            None => self.row("", object.trim_end_matches(", ")),
        }
    }

    fn missing(&mut self, heading: &str, missing: &[&MissingPart]) {
        if missing.is_empty() {
            return;
        }
        self.heading(heading);
        for MissingPart { message, help, .. } in missing {
            self.wrapped("  ", 2, &one_line(message));
            match is_command(help) {
                true => self.text.push_str(&format!("      {}\n", one_line(help))),
                false => self.wrapped("      ", 6, &one_line(help)),
            }
        }
    }

    /// Words behind `start`, in as many lines as they need.
    fn wrapped(&mut self, start: &str, indent: usize, text: &str) {
        let space = " ".repeat(indent);
        for (position, line) in broken(text, 0, self.medium.width - indent).iter().enumerate() {
            let start = if position == 0 { start } else { &space };
            let line = self.medium.cut.map_or_else(|| line.clone(), |most| shortened(line, most - indent));
            self.text.push_str(format!("{start}{line}").trim_end());
            self.text.push('\n');
        }
    }
}
