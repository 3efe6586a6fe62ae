//! The section `worker` of a task for landoscript, until the schemas of mozilla-taskgraph were those of msgspec.

use taskgraph::schema::{Field, STRINGS, Shape, optional, required};

const L10N_BUMP: Shape = Shape::List(&Shape::Map(&[
    required("name", Shape::Str),
    required("path", Shape::Str),
    required("l10n-repo-url", Shape::Str),
    required("l10n-repo-target-branch", Shape::Str),
    optional("ignore-config", Shape::Any),
    required(
        "platform-configs",
        Shape::List(&Shape::Map(&[
            required("platforms", STRINGS),
            required("path", Shape::Str),
            optional("format", Shape::Str),
        ])),
    ),
]));

const REPLACEMENTS: Shape = Shape::List(&STRINGS);

const BUMPED_FILES: Shape = Shape::List(&Shape::Map(&[
    required("filename", Shape::Str),
    required("version-bump", Shape::Str),
    optional("new-suffix", Shape::Str),
]));

const ESR_BUMP: &[Field] = &[TO_BRANCH, VERSION_FROM, required("version-files", BUMPED_FILES)];

const MAIN_BUMP: &[Field] = &[
    TO_BRANCH,
    VERSION_FROM,
    required("version-files", BUMPED_FILES),
    optional("replacements", REPLACEMENTS),
    optional("regex-replacements", REPLACEMENTS),
    optional("end-tag", Shape::Str),
];

const EARLY_TO_LATE_BETA: &[Field] = &[TO_BRANCH, VERSION_FROM, optional("replacements", REPLACEMENTS)];

const UPLIFT: &[Field] = &[
    VERSION_FROM,
    required(
        "version-files",
        Shape::List(&Shape::Map(&[
            required("filename", Shape::Str),
            optional("version-bump", Shape::Str),
            optional("new-suffix", Shape::Str),
        ])),
    ),
    FROM_BRANCH,
    TO_BRANCH,
    optional("replacements", REPLACEMENTS),
    optional("base-tag", Shape::Str),
    optional("end-tag", Shape::Str),
    optional("l10n-bump-info", L10N_BUMP),
];

const ACTION: Shape = Shape::Either(
    &[
        Shape::Map(&[required("android-l10n-sync", SYNC)]),
        Shape::Map(&[required("android-l10n-import", IMPORT)]),
        Shape::Map(&[required("l10n-bump", L10N_BUMP)]),
        Shape::Map(&[required("tag", Shape::Map(&[TYPES, required("hg-repo-url", Shape::Str)]))]),
        Shape::Map(&[required("version-bump", VERSION_BUMP)]),
        Shape::Map(&[required("esr-bump", Shape::Map(ESR_BUMP))]),
        Shape::Map(&[required("main-bump", Shape::Map(MAIN_BUMP))]),
        Shape::Map(&[required("early-to-late-beta", Shape::Map(EARLY_TO_LATE_BETA))]),
        Shape::Map(&[required("uplift", Shape::Map(UPLIFT))]),
    ],
    "one of android-l10n-sync, android-l10n-import, l10n-bump, tag, version-bump, esr-bump, main-bump, \
     early-to-late-beta and uplift, with what belongs to it",
);

/// The section.
pub const WORKER: Shape = Shape::Map(&[
    IMPLEMENTATION,
    OS,
    REPO,
    required("actions", Shape::List(&ACTION)),
    optional("ignore-closed-tree", Shape::Bool),
    optional("dontbuild", Shape::Bool),
    optional("force-dry-run", Shape::Bool),
    ROOMS,
]);

pub(super) const IMPLEMENTATION: Field = required("implementation", Shape::Str);
pub(super) const OS: Field = optional("os", Shape::Str);
pub(super) const REPO: Field = required("lando-repo", Shape::Str);
pub(super) const ROOMS: Field = optional("matrix-rooms", STRINGS);
pub(super) const FROM_BRANCH: Field = required("from-branch", Shape::Str);
pub(super) const TO_BRANCH: Field = required("to-branch", Shape::Str);
pub(super) const VERSION_FROM: Field = required("fetch-version-from", Shape::Str);

pub(super) const SYNC: Shape = Shape::Map(&[
    FROM_BRANCH,
    required("toml-info", Shape::List(&Shape::Map(&[required("toml-path", Shape::Str)]))),
]);

pub(super) const IMPORT: Shape = Shape::Map(&[
    required("from-repo-url", Shape::Str),
    required(
        "toml-info",
        Shape::List(&Shape::Map(&[required("toml-path", Shape::Str), required("dest-path", Shape::Str)])),
    ),
]);

pub(super) const TYPES: Field = required("types", Shape::List(&Shape::Word(&["buildN", "release"])));
pub(super) const VERSION_BUMP: Shape = Shape::Map(&[required("bump-files", STRINGS)]);
