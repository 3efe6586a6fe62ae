//! Facts about the repository that the files of a new tree contain.

use crate::commands::init::InitTreeOptions;
use crate::output_medium::one_line;
use anstream::eprint;
use std::io::{self, BufRead as _};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::tree::git::{Repository, project_of};

/// Values to fill in.
pub(super) struct Facts {
    /// The name of the repository.
    pub name: String,
    /// The same as the name of a variable: run-task makes one of it.
    pub slug: String,
    /// The trust domain.
    pub trust_domain: String,
    /// The SCM level.
    pub level: String,
    /// The branch that decisions are made for.
    pub branch: String,
}

impl Facts {
    /// Finds them: in the flags, in the repository, and if somebody wants to be asked, from whoever sits there.
    pub(super) fn find(options: &InitTreeOptions, repository: &Repository) -> Result<Self> {
        let url = repository.url().ok().filter(|url| !url.is_empty());
        let Some(url) = url.as_deref().filter(|url| url.contains("github.com")) else {
            let label = match &url {
                Some(url) => format!("its origin is `{url}`"),
                None => "it has no origin".into(),
            };
            let message = "the repository is not one of GitHub, whose events .taskcluster.yml is for";
            let help = "name it: `git remote add origin https://github.com/OWNER/NAME`";
            let problem = Problem::error("no-github", message).at(Default::default(), label).help(help);
            return Err(Problems::from(problem).into());
        };
        let branch = match &options.branch {
            Some(branch) => branch.clone(),
            None => repository.branch().ok().flatten().unwrap_or_else(|| "main".into()),
        };
        let mut facts = Facts {
            name: project_of(url).unwrap_or_default(),
            slug: String::new(),
            trust_domain: options.trust_domain.clone(),
            level: options.level.to_string(),
            branch,
        };
        if options.prompt {
            ask("name of the repository", &mut facts.name)?;
            ask("trust domain", &mut facts.trust_domain)?;
            ask("SCM level", &mut facts.level)?;
            ask("branch", &mut facts.branch)?;
        }
        facts.slug = slug(&facts.name);
        facts.check()?;
        Ok(facts)
    }

    /// A text of the template with all that stands for something filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{name}", &self.name)
            .replace("{slug}", &self.slug)
            .replace("{trust_domain}", &self.trust_domain)
    }

    fn check(&self) -> Result<(), Problems> {
        let is_plain = |text: &str, more: &str| {
            !text.is_empty()
                && text.chars().all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
        };
        let mut problems = Vec::new();
        let mut wrong = |what: &str, value: &str, allowed: &str| {
            let message = format!("`{value}` is not a valid {what}");
            problems.push(Problem::error("wrong-value", message).help(format!("it has {allowed}")));
        };
        if !is_plain(&self.name, "-_.") {
            wrong("name of a repository", &self.name, "letters, digits, `-`, `_` and `.`");
        }
        if !is_plain(&self.trust_domain, "-") {
            wrong("trust domain", &self.trust_domain, "letters, digits and `-`");
        }
        if !matches!(&*self.level, "1" | "2" | "3") {
            wrong("SCM level", &self.level, "one of 1, 2 and 3");
        }
        if !is_plain(&self.branch, "-_./+") {
            wrong("branch", &self.branch, "letters, digits, `-`, `_`, `.`, `+` and `/`");
        }
        Problems(problems).check()
    }
}

/// A name as run-task takes it: it becomes a part of flags and variables.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// Asks for a value. An empty answer leaves it as it is.
fn ask(what: &str, value: &mut String) -> Result<()> {
    eprint!("{what} [{}]: ", one_line(value));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).or_machine(|| "standard input cannot be read")?;
    if !answer.trim().is_empty() {
        *value = answer.trim().to_owned();
    }
    Ok(())
}
