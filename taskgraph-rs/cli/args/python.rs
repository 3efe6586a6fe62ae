//! Flags that say what makes the parts of a tree: the program itself, or the tree's own Python.

use clap::{Args as ClapArgs, ValueEnum};

/// Flags of every command that reads a tree.
#[derive(ClapArgs)]
#[command(next_help_heading = "Python of the tree")]
pub(crate) struct PythonOptions {
    /// The interpreter that runs what is not native: `auto` takes TASKGRAPH_PYTHON, the active environment, that of the
    /// `taskgraph` on PATH, or `python3`; `never` runs none
    #[arg(long, value_name = "auto|never|PATH", default_value = "auto", global = true)]
    pub python: String,

    /// Native parts that stand in for the Python of the tree: those that are known to equal it, all there are whatever
    /// its Python is, or none
    #[arg(long, value_name = "WHICH", value_enum, default_value_t, global = true)]
    pub native: NativeChoice,

    /// Time limit of the tree's Python for one kind
    #[arg(long, value_name = "SECONDS", default_value_t = 900, global = true, hide_short_help = true)]
    pub python_timeout: u64,

    /// Memory limit of the tree's Python; 0 for none
    #[arg(long, value_name = "MIB", default_value_t = 16384, global = true, hide_short_help = true)]
    pub python_memory: u64,
}

/// Choice of native parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum NativeChoice {
    /// Those that are known to equal the Python of the tree.
    #[default]
    Auto,
    /// All there are.
    Always,
    /// None: everything is made by Python.
    Never,
}
