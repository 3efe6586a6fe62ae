//! Names of Taskgraph in the Python of a tree that a newer one does not have, or has as something else.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::Problem;
use crate::error::Error;
use crate::newer_taskgraph::python_tokens::{Kind, Token, tokens};
use crate::newer_taskgraph::{Change, Effect};
use crate::taskgraph_version::{TaskgraphVersion, since};
use crate::tree::Tree;
use taskgraph_compat::source::{Place, Source, Span};

const fn version(major: u16, minor: u16) -> TaskgraphVersion {
    TaskgraphVersion::new(major, minor, 0)
}

/// Modules and names that are gone, the version that lacks them, and what there is instead.
const GONE: &[(&str, TaskgraphVersion, &str)] = &[
    ("taskgraph.transforms.job", version(7, 0), "`taskgraph.transforms.run`"),
    ("taskgraph.util.decision", version(7, 0), ""),
    ("taskgraph.files_changed", version(8, 0), "the parameter `files_changed`"),
    ("taskgraph.util.memoize", version(9, 0), "`functools.cache`"),
    ("taskgraph.docker.build_context", version(16, 0), ""),
    ("taskgraph.util.taskcluster.get_retry_post_session", version(16, 0), ""),
    ("taskgraph.config.CACHES", version(19, 1), ""),
    ("taskgraph.transforms.docker_image.task_description_schema", version(19, 1), TASK_SCHEMA),
    ("taskgraph.transforms.from_deps.fetches_schema", version(19, 1), ""),
    ("taskgraph.transforms.run.fetches_schema", version(19, 1), ""),
    ("taskgraph.transforms.run.task_description_schema", version(19, 1), TASK_SCHEMA),
    ("taskgraph.transforms.run.run_task.CACHES", version(19, 1), ""),
    ("taskgraph.transforms.run.run_task.taskref_or_string", version(19, 1), TASK_REFERENCE),
    ("taskgraph.transforms.task.taskref_or_string", version(19, 1), TASK_REFERENCE),
];

const TASK_SCHEMA: &str = "`taskgraph.transforms.task.task_description_schema`";
const TASK_REFERENCE: &str = "`taskgraph.util.schema.taskref_or_string`";

/// Since when a module or name of Taskgraph is gone, and a message that says so.
pub(super) fn gone(name: &str) -> Option<(TaskgraphVersion, String)> {
    let is_gone =
        |gone: &str| name.strip_prefix(gone).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (gone, since, instead) = GONE.iter().find(|(gone, ..)| is_gone(gone))?;
    let instead = if instead.is_empty() { String::new() } else { format!("; there is {instead}") };
    Some((*since, format!("`{gone}` is gone{instead}")))
}

/// Returns the findings in all Python modules below the root of a tree, and the files that cannot be read.
pub(super) fn changes(tree: &Tree) -> (Vec<Change>, Vec<Problem>) {
    let (mut changes, mut problems) = (Vec::new(), Vec::new());
    for file in tree.python_files() {
        match tree.read(&file) {
            Ok(source) => changes.extend(Module::new(&source).changes()),
            Err(error) => match Error::from(error).into_problems() {
                Ok(reported) => problems.extend(reported.into_iter().map(Problem::as_warning)),
                Err(error) => problems.push(Problem::warning("unreadable", format!("{error:#}"))),
            },
        }
    }
    (changes, problems)
}

/// A module, and what its imports make of names.
struct Module<'s> {
    source: &'s Arc<Source>,
    tokens: Vec<Token<'s>>,
    /// Returns the object that a name stands for: `taskgraph.util.schema.Schema` for `Schema`.
    imported: BTreeMap<&'s str, String>,
    /// All that is imported, with the token that says so.
    imports: Vec<(usize, String)>,
    /// Returns a mark for each token that belongs to an import statement.
    is_import: Vec<bool>,
}

/// Names with dots between: the full name, and the token behind.
struct Chain {
    full: String,
    end: usize,
    is_gone_already: bool,
}

impl<'s> Module<'s> {
    fn new(source: &'s Arc<Source>) -> Self {
        let tokens = tokens(&source.text);
        let is_import = vec![false; tokens.len()];
        let mut module = Module { source, tokens, imported: BTreeMap::new(), imports: Vec::new(), is_import };
        module.read_imports();
        module
    }

    fn read_imports(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let starts = at == 0
                || matches!(self.tokens[at - 1], Token { kind: Kind::End, .. } | Token { text: ":", .. });
            let end = match self.tokens[at].text {
                "from" if starts => self.read_from(at),
                "import" if starts => self.read_import(at),
                _ => at,
            };
            self.is_import[at..end].fill(true);
            at = end.max(at + 1);
        }
    }

    /// `from MODULE import NAME as LOCAL, …`
    fn read_from(&mut self, start: usize) -> usize {
        let (module, mut at) = self.dotted(start + 1);
        if !self.tokens[at].is("import") {
            return at;
        }
        at += 1;
        while self.tokens[at].kind != Kind::End {
            let Token { kind, text: name, .. } = self.tokens[at];
            if kind == Kind::Name {
                let named = at;
                let local = self.local_name(&mut at).unwrap_or(name);
                let full = format!("{module}.{name}");
                self.imported.insert(local, full.clone());
                self.imports.push((named, full));
            }
            at += 1;
        }
        at
    }

    /// `import MODULE as LOCAL, …`
    fn read_import(&mut self, start: usize) -> usize {
        let mut at = start + 1;
        while self.tokens[at].kind != Kind::End {
            let named = at;
            let (module, behind) = self.dotted(at);
            if behind == at {
                at += 1;
                continue;
            }
            at = behind - 1;
            match self.local_name(&mut at) {
                Some(local) => self.imported.insert(local, module.clone()),
                None => self.imported.insert(self.tokens[named].text, self.tokens[named].text.into()),
            };
            self.imports.push((named, module));
            at += 1;
        }
        at
    }

    /// The name behind `as`, if that is next; `at` is the last token that was read.
    fn local_name(&self, at: &mut usize) -> Option<&'s str> {
        let [word, name] = self.tokens.get(*at + 1..*at + 3)? else { return None };
        let is_renamed = word.is("as") && name.kind == Kind::Name;
        is_renamed.then(|| {
            *at += 2;
            name.text
        })
    }

    /// A dotted name, and the token behind it.
    fn dotted(&self, start: usize) -> (String, usize) {
        let mut name = String::new();
        let mut at = start;
        loop {
            let token = self.tokens[at];
            let is_name = token.kind == Kind::Name && (name.is_empty() || name.ends_with('.'));
            if !(is_name && !token.is("import") || token.is(".")) {
                return (name, at);
            }
            name.push_str(token.text);
            at += 1;
        }
    }

    /// The names that start at a token, in full as far as imports show them.
    fn chain(&self, start: usize) -> Option<Chain> {
        let first = self.tokens[start];
        let is_behind_dot = start > 0 && self.tokens[start - 1].is(".");
        if first.kind != Kind::Name || is_behind_dot {
            return None;
        }
        let (name, end) = self.dotted(start);
        if end == start {
            return None;
        }
        let known = self.imported.get(first.text);
        let full = match known {
            Some(known) => format!("{known}{}", &name[first.text.len()..]),
            None => name,
        };
        Some(Chain { full, end, is_gone_already: known.is_some_and(|known| gone(known).is_some()) })
    }

    fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = self
            .imports
            .iter()
            .filter_map(|(token, name)| {
                gone(name).map(|(since, message)| self.change(since, message, *token))
            })
            .collect();
        for at in (0..self.tokens.len()).filter(|at| !self.is_import[*at]) {
            if self.tokens[at].is("is_try") && at > 0 && self.tokens[at - 1].is(".") && self.is_called(at + 1)
            {
                let message = "`is_try()` of parameters is gone: their `level` alone decides";
                changes.push(self.change(since::NO_IS_TRY, message, at));
            }
            let Some(chain) = self.chain(at) else { continue };
            if let Some((since, message)) = gone(&chain.full).filter(|_| !chain.is_gone_already) {
                changes.push(self.change(since, message, at));
            }
            if !self.is_called(chain.end) || self.is_defined(at) {
                continue;
            }
            if is_schema_of_taskgraph(&chain.full) {
                let message =
                    "`Schema(…)`: `Schema` is a class of msgspec; that of voluptuous is `LegacySchema`";
                changes.push(self.change(since::SCHEMA_OF_MSGSPEC, message, at));
            }
            if chain.full == "taskgraph.parameters.extend_parameters_schema" {
                let found = self.first_argument(chain.end, "schema").and_then(|at| self.older_schema(at));
                if let Some(found) = found {
                    let message =
                        format!("`extend_parameters_schema` takes a class of msgspec, and no {found}");
                    changes.push(self.change(since::PARAMETERS_OF_MSGSPEC, message, at));
                }
            }
        }
        changes
    }

    fn is_called(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is("("))
    }

    /// Whether a name stands behind `class` or `def`.
    fn is_defined(&self, at: usize) -> bool {
        at > 0 && (self.tokens[at - 1].is("class") || self.tokens[at - 1].is("def"))
    }

    /// The first argument of a call that opens at a token, or that of this name.
    fn first_argument(&self, open: usize, name: &str) -> Option<usize> {
        let is_named = |at: usize| self.tokens.get(at + 1).is_some_and(|token| token.is("="));
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            match self.tokens[at].text {
                "(" | "[" | "{" if self.tokens[at].kind == Kind::Mark => depth += 1,
                ")" | "]" | "}" if self.tokens[at].kind == Kind::Mark => depth = depth.saturating_sub(1),
                text if depth == 1 && text == name && is_named(at) => return Some(at + 2),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        Some(open + 1).filter(|first| !is_named(*first))
    }

    /// Returns the type of an older schema of parameters that an expression certainly is, if any.
    fn older_schema(&self, at: usize) -> Option<&'static str> {
        self.written_schema(at).or_else(|| {
            // A name that this module gives to one.
            let name = self.tokens.get(at).filter(|token| token.kind == Kind::Name)?;
            let assigned = (0..self.tokens.len()).find(|at| {
                let starts = *at == 0 || self.tokens[at - 1].kind == Kind::End;
                let is_next = |mark| self.tokens.get(at + 1).is_some_and(|token| token.is(mark));
                starts && self.tokens[*at].is(name.text) && is_next("=")
            });
            self.written_schema(assigned? + 2)
        })
    }

    fn written_schema(&self, at: usize) -> Option<&'static str> {
        if self.tokens.get(at)?.is("{") {
            return Some("dict");
        }
        let chain = self.chain(at).filter(|chain| self.is_called(chain.end))?;
        let is_voluptuous = chain.full.starts_with("voluptuous.")
            || is_schema_of_taskgraph(&chain.full)
            || chain.full == "taskgraph.util.schema.LegacySchema";
        match &*chain.full {
            "dict" => Some("dict"),
            _ => is_voluptuous.then_some("schema of voluptuous"),
        }
    }

    fn change(&self, since: TaskgraphVersion, message: impl Into<String>, token: usize) -> Change {
        let span = Span::at(&self.source.text, self.tokens[token].start);
        Change::new(since, Effect::Refused, message, &Place { source: self.source.clone(), span })
    }
}

/// `taskgraph.util.schema.Schema`, whatever module of Taskgraph it is imported from.
fn is_schema_of_taskgraph(name: &str) -> bool {
    name.starts_with("taskgraph.") && name.ends_with(".Schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_python_does_no_harm() {
        let whole = "from taskgraph.parameters import (extend_parameters_schema as e, x)\n\
            import taskgraph.util.schema as s, y\ne(A, schema=s.Schema({1: \"é\"}))\nA = dict(b='c')\np.is_try()\n";
        let pieces = [
            "",
            "import",
            "from ",
            " as ",
            ".",
            "(",
            ")",
            "\"",
            "'''",
            "\\",
            "\n",
            "=",
            "\nfrom a import import\nx import ",
        ];
        for at in whole.char_indices().map(|(at, _)| at) {
            for piece in pieces {
                for behind in [at, whole.ceil_char_boundary(at + 5)] {
                    let text = format!("{}{piece}{}", &whole[..at], &whole[behind..]);
                    for text in [&text, &text[..at + piece.len()]] {
                        Module::new(&Source::new("m.py", text)).changes();
                    }
                }
            }
        }
    }
}
