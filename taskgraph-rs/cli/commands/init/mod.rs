//! `init`: a tree to start from, in a repository that has none.

mod repository_facts;
mod taskcluster_yml;
mod write;

use crate::Status;
use crate::environment::current_dir;
use crate::output::write;
use crate::output_medium::one_line;
use anstream::eprintln;
use clap::Args as ClapArgs;
use include_dir::{Dir, include_dir};
use repository_facts::Facts;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::tree::git::{Repository, top_above};
use write::place;

/// Flags of `init`.
#[derive(ClapArgs)]
pub(crate) struct InitTreeOptions {
    /// Overwrite the files that are there; others stay
    #[arg(short, long)]
    pub force: bool,

    /// Ask for each value, with what would be taken in brackets
    #[arg(long)]
    pub prompt: bool,

    /// The trust domain: who owns the worker pools and the part of the index
    #[arg(long, value_name = "NAME", default_value = "mozilla")]
    pub trust_domain: String,

    /// The SCM level of the branch that decisions are made for
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub level: u8,

    /// The branch that decisions are made for [default: the one that is checked out]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
}

/// The files of the tree. What stands in braces with an underscore or alone is filled in.
static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/taskgraph-rs/cli/commands/init/template");

/// Writes `.taskcluster.yml` and the folder `taskcluster`: all of it or nothing.
pub(crate) fn run(options: &InitTreeOptions) -> Result<Status> {
    let Some(top) = top_above(&current_dir()?) else {
        let message = "a tree belongs into a git repository, and the current directory is in none";
        return Err(
            Problems::from(Problem::error("no-repository", message).help("begin with `git init`")).into()
        );
    };
    let facts = Facts::find(options, &Repository::at(top.clone()))?;
    let mut files = vec![(".taskcluster.yml".to_owned(), taskcluster_yml::text(&facts))];
    collect(&TEMPLATE, &facts, &mut files);
    files.sort();
    if !options.force {
        let there = files.iter().filter(|(path, _)| top.join(path).symlink_metadata().is_ok());
        let problem = |(path, _): &(String, String)| {
            Problem::error("exists", format!("`{path}` is there already")).help("--force overwrites it")
        };
        Problems(there.map(problem).collect()).check()?;
    }
    place(&top, &files)?;
    write(None, |out| {
        for (path, _) in &files {
            writeln!(out, "{path}")?;
        }
        Ok(())
    })?;
    eprintln!("a tree for {}, trust domain {}", one_line(&facts.name), one_line(&facts.trust_domain));
    eprintln!("next: `git add .taskcluster.yml taskcluster`, `git commit`, `taskgraph-rs full`,");
    eprintln!("      `taskgraph-rs load-task hello-world`,");
    eprintln!(
        "      and in .taskcluster.yml the address of your build of taskgraph-rs, where it says example.org"
    );
    Ok(Status::Fine)
}

fn collect(directory: &Dir<'_>, facts: &Facts, files: &mut Vec<(String, String)>) {
    for file in directory.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push((path.to_owned(), facts.fill(text)));
        }
    }
    directory.dirs().for_each(|inner| collect(inner, facts, files));
}
