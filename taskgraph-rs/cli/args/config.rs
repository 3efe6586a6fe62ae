//! Flags of `config check`, and of what else can be done with training configs.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

/// Nobody waits longer for an answer.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3_600);

/// Flags of `config check`.
#[derive(ClapArgs)]
pub struct CheckOptions {
    /// Training configs or sets of parameters; patterns (`configs/**/*.yml`) and folders stand for the files in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// How to tell what was found [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<CheckFormat>,

    /// Show everything as JSON, see docs/check-json.md: short for --format json
    #[arg(short = 'J', long, conflicts_with = "format")]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Show the summary only, and no problem
    #[arg(short, long)]
    pub quiet: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,

    /// Ask for every file that a run would fetch from elsewhere: whether it is there, how large it is, when it expires
    #[arg(long)]
    pub urls: bool,

    /// Ask no network, also with --urls
    #[arg(long)]
    pub offline: bool,
}

/// The formats of `config check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum CheckFormat {
    /// Problems with the source around them on stderr, and a table of all files
    Text,
    /// One JSON object, see docs/check-json.md
    Json,
    /// Annotations for a workflow of GitHub
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// Flags of `config upgrade`.
#[derive(ClapArgs)]
pub struct UpgradeOptions {
    /// Training configs or sets of parameters in YAML; patterns and folders stand for the files in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Write the files that pass afterwards; otherwise only what would change is shown
    #[arg(short, long)]
    pub write: bool,
}

/// Flags of `config continue`.
#[derive(ClapArgs)]
pub struct ContinueOptions {
    /// A task group, a decision task, another task, the address of one of them or of an artifact, or a file with one of these
    #[arg(value_name = "WHERE")]
    pub origin: Option<String>,

    /// The training config in YAML that goes on; without one the section alone is printed
    #[arg(value_name = "CONFIG")]
    pub config: Option<PathBuf>,

    /// Take the newest tasks that the index has for these languages; no WHERE then
    #[arg(long, num_args = 2, value_names = ["SRC", "TRG"])]
    pub latest: Vec<String>,

    /// What to do with the models: use, continue or init [default: continue, or what the tree can do]
    #[arg(long, value_name = "MODE", value_parser = ["use", "continue", "init"])]
    pub mode: Option<String>,

    /// Take this only, as train-teacher or corpora.parallel; may be given several times [default: all that is there]
    #[arg(long, value_name = "NAME")]
    pub take: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Write CONFIG if it passes afterwards; otherwise only what would change is shown
    #[arg(short, long)]
    pub write: bool,

    /// How long a service may keep silent, more than 0; it is asked four times
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, hide_short_help = true)]
    pub timeout: Duration,
}

/// Seconds, of which a part will do.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0);
    let time = number.and_then(|number| Duration::try_from_secs_f64(number).ok());
    time.filter(|time| *time <= LONGEST_TIMEOUT)
        .ok_or_else(|| format!("a number of seconds, more than 0 and at most {}", LONGEST_TIMEOUT.as_secs()))
}

/// Flags of `config schema`.
#[derive(ClapArgs)]
pub struct SchemaOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// For whole configs: all that has to be there is required, and unknown keys are refused
    #[arg(long)]
    pub strict: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// Flags of `config init`.
#[derive(ClapArgs)]
pub struct InitOptions {
    /// The language that is translated from
    #[arg(value_name = "SRC")]
    pub src: String,

    /// The language that is translated to
    #[arg(value_name = "TRG")]
    pub trg: String,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// What the run is called
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// The folder of a pretrained teacher; one for each member of an ensemble, in order
    #[arg(long, value_name = "URL")]
    pub teacher: Vec<String>,

    /// What to do with the teachers
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Continue)]
    pub teacher_mode: ModelMode,

    /// The folder of a pretrained backwards model
    #[arg(long, value_name = "URL")]
    pub backwards: Option<String>,

    /// What to do with the backwards model
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Use)]
    pub backwards_mode: ModelMode,

    /// The folder of a pretrained student, where the tree has students that start from one
    #[arg(long, value_name = "URL")]
    pub student: Option<String>,

    /// What to do with the student
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ModelMode::Continue)]
    pub student_mode: ModelMode,

    /// Write to this file, which must not be there yet
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is done with a pretrained model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ModelMode {
    /// Publish it as it is
    Use,
    /// Go on training it
    Continue,
    /// Begin with its weights
    Init,
}
