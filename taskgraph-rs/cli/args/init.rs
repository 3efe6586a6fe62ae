//! Flags of `init`.

use clap::Args as ClapArgs;

/// Flags of `init`.
#[derive(ClapArgs)]
pub struct InitTreeOptions {
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
