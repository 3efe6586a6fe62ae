//! The section `worker` of a task for landoscript, since the schemas of mozilla-taskgraph are those of msgspec: an action is
//! a map of as many actions as one likes, of which each may be null, and unknown ones do nothing.

use crate::lando_schema::{
    FROM_BRANCH, IMPLEMENTATION, IMPORT, OS, REPO, ROOMS, SYNC, TO_BRANCH, TYPES, VERSION_BUMP, VERSION_FROM,
};
use crate::nullable::{FLAG_OR_NULL, LISTS_OR_NULL, TEXT_OR_NULL, or_null};
use taskgraph::schema::{Field, STRINGS, Schema, joined, optional, required};

const L10N_BUMP: Schema = Schema::List(&Schema::Map(&[
    required("name", Schema::Str),
    required("path", Schema::Str),
    required("l10n-repo-url", Schema::Str),
    required("l10n-repo-target-branch", Schema::Str),
    optional("ignore-config", Schema::Any),
    required(
        "platform-configs",
        Schema::List(&Schema::Map(&[
            required("platforms", STRINGS),
            required("path", Schema::Str),
            optional("format", TEXT_OR_NULL),
        ])),
    ),
]));

/// Files whose version is bumped.
const fn version_files(bump: &'static Schema) -> Field {
    required("version-files", *bump)
}

const ALL_BUMPED: Schema = Schema::List(&Schema::Map(&[
    required("filename", Schema::Str),
    required("version-bump", Schema::Str),
    optional("new-suffix", TEXT_OR_NULL),
]));

const SOME_BUMPED: Schema = Schema::List(&Schema::Map(&[
    required("filename", Schema::Str),
    optional("version-bump", TEXT_OR_NULL),
    optional("new-suffix", TEXT_OR_NULL),
]));

const REPLACEMENTS: Field = optional("replacements", LISTS_OR_NULL);
const END_TAG: Field = optional("end-tag", TEXT_OR_NULL);
const NOTHING: &[Field] = &[];
const TO_REVISION: &[Field] = &[optional("to-revision", Schema::Str)];
const REVISIONS: &[Field] = &[optional("from-revision", Schema::Str), optional("to-revision", Schema::Str)];

const ESR_BUMP: &[Field] = &[TO_BRANCH, VERSION_FROM, version_files(&ALL_BUMPED)];
const MAIN_BUMP: &[Field] = &[
    TO_BRANCH,
    VERSION_FROM,
    version_files(&ALL_BUMPED),
    REPLACEMENTS,
    optional("regex-replacements", LISTS_OR_NULL),
    END_TAG,
];
const EARLY_TO_LATE_BETA: &[Field] = &[TO_BRANCH, VERSION_FROM, REPLACEMENTS];
const UPLIFT: &[Field] = &[
    VERSION_FROM,
    version_files(&SOME_BUMPED),
    FROM_BRANCH,
    TO_BRANCH,
    REPLACEMENTS,
    optional("base-tag", TEXT_OR_NULL),
    END_TAG,
    optional(
        "l10n-bump-info",
        Schema::Either(&[L10N_BUMP, Schema::Null], "a list of what is bumped, or null"),
    ),
];

/// Mercurial had every tag at first.
const TAG_OF_MERCURIAL: &[Field] = &[TYPES, required("hg-repo-url", Schema::Str)];
/// msgspec: the url may be null, but not left out.
const TAG: &[Field] = &[TYPES, required("revision", Schema::Str), required("hg-repo-url", TEXT_OR_NULL)];

/// The section, with the fields of a tag, and what merges take besides `ESR_BUMP` and its like.
macro_rules! worker {
    ($tag:expr, $to_revision:expr, $revisions:expr) => {{
        const ESR: &[Field] = &joined::<{ ESR_BUMP.len() + $to_revision.len() }>(ESR_BUMP, $to_revision);
        const MAIN: &[Field] = &joined::<{ MAIN_BUMP.len() + $to_revision.len() }>(MAIN_BUMP, $to_revision);
        const EARLY: &[Field] =
            &joined::<{ EARLY_TO_LATE_BETA.len() + $to_revision.len() }>(EARLY_TO_LATE_BETA, $to_revision);
        const LIFT: &[Field] = &joined::<{ UPLIFT.len() + $revisions.len() }>(UPLIFT, $revisions);
        const ACTION: Schema = Schema::Open(
            &[
                optional("android-l10n-sync", or_null!(SYNC)),
                optional("android-l10n-import", or_null!(IMPORT)),
                optional("l10n-bump", or_null!(L10N_BUMP)),
                optional("tag", or_null!(Schema::Map($tag))),
                optional("version-bump", or_null!(VERSION_BUMP)),
                optional("esr-bump", or_null!(Schema::Map(ESR))),
                optional("main-bump", or_null!(Schema::Map(MAIN))),
                optional("early-to-late-beta", or_null!(Schema::Map(EARLY))),
                optional("uplift", or_null!(Schema::Map(LIFT))),
            ],
            &Schema::Any,
        );
        Schema::Map(&[
            IMPLEMENTATION,
            OS,
            REPO,
            required("actions", Schema::List(&ACTION)),
            optional("ignore-closed-tree", FLAG_OR_NULL),
            optional("dontbuild", FLAG_OR_NULL),
            optional("force-dry-run", FLAG_OR_NULL),
            ROOMS,
        ])
    }};
}

/// The section in 4.1.
pub(crate) const WORKER_4_1: Schema = worker!(TAG_OF_MERCURIAL, NOTHING, NOTHING);
/// The section since 4.2.
pub(crate) const WORKER_4_2: Schema = worker!(TAG_OF_MERCURIAL, TO_REVISION, REVISIONS);
/// The section since 5.0.
pub(crate) const WORKER_5: Schema = worker!(TAG, TO_REVISION, REVISIONS);
