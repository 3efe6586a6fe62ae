//! The section `worker` of a task for landoscript, until the schemas of mozilla-taskgraph were those of msgspec.

use taskgraph::schema::{Field, STRINGS, Schema, optional, required};

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
            optional("format", Schema::Str),
        ])),
    ),
]));

const REPLACEMENTS: Schema = Schema::List(&STRINGS);

const BUMPED_FILES: Schema = Schema::List(&Schema::Map(&[
    required("filename", Schema::Str),
    required("version-bump", Schema::Str),
    optional("new-suffix", Schema::Str),
]));

const ESR_BUMP: &[Field] = &[TO_BRANCH, VERSION_FROM, required("version-files", BUMPED_FILES)];

const MAIN_BUMP: &[Field] = &[
    TO_BRANCH,
    VERSION_FROM,
    required("version-files", BUMPED_FILES),
    optional("replacements", REPLACEMENTS),
    optional("regex-replacements", REPLACEMENTS),
    optional("end-tag", Schema::Str),
];

const EARLY_TO_LATE_BETA: &[Field] = &[TO_BRANCH, VERSION_FROM, optional("replacements", REPLACEMENTS)];

const UPLIFT: &[Field] = &[
    VERSION_FROM,
    required(
        "version-files",
        Schema::List(&Schema::Map(&[
            required("filename", Schema::Str),
            optional("version-bump", Schema::Str),
            optional("new-suffix", Schema::Str),
        ])),
    ),
    FROM_BRANCH,
    TO_BRANCH,
    optional("replacements", REPLACEMENTS),
    optional("base-tag", Schema::Str),
    optional("end-tag", Schema::Str),
    optional("l10n-bump-info", L10N_BUMP),
];

const ACTION: Schema = Schema::Either(
    &[
        Schema::Map(&[required("android-l10n-sync", SYNC)]),
        Schema::Map(&[required("android-l10n-import", IMPORT)]),
        Schema::Map(&[required("l10n-bump", L10N_BUMP)]),
        Schema::Map(&[required("tag", Schema::Map(&[TYPES, required("hg-repo-url", Schema::Str)]))]),
        Schema::Map(&[required("version-bump", VERSION_BUMP)]),
        Schema::Map(&[required("esr-bump", Schema::Map(ESR_BUMP))]),
        Schema::Map(&[required("main-bump", Schema::Map(MAIN_BUMP))]),
        Schema::Map(&[required("early-to-late-beta", Schema::Map(EARLY_TO_LATE_BETA))]),
        Schema::Map(&[required("uplift", Schema::Map(UPLIFT))]),
    ],
    "one of android-l10n-sync, android-l10n-import, l10n-bump, tag, version-bump, esr-bump, main-bump, \
     early-to-late-beta and uplift, with what belongs to it",
);

/// The section.
pub(crate) const WORKER: Schema = Schema::Map(&[
    IMPLEMENTATION,
    OS,
    REPO,
    required("actions", Schema::List(&ACTION)),
    optional("ignore-closed-tree", Schema::Bool),
    optional("dontbuild", Schema::Bool),
    optional("force-dry-run", Schema::Bool),
    ROOMS,
]);

pub(super) const IMPLEMENTATION: Field = required("implementation", Schema::Str);
pub(super) const OS: Field = optional("os", Schema::Str);
pub(super) const REPO: Field = required("lando-repo", Schema::Str);
pub(super) const ROOMS: Field = optional("matrix-rooms", STRINGS);
pub(super) const FROM_BRANCH: Field = required("from-branch", Schema::Str);
pub(super) const TO_BRANCH: Field = required("to-branch", Schema::Str);
pub(super) const VERSION_FROM: Field = required("fetch-version-from", Schema::Str);

pub(super) const SYNC: Schema = Schema::Map(&[
    FROM_BRANCH,
    required("toml-info", Schema::List(&Schema::Map(&[required("toml-path", Schema::Str)]))),
]);

pub(super) const IMPORT: Schema = Schema::Map(&[
    required("from-repo-url", Schema::Str),
    required(
        "toml-info",
        Schema::List(&Schema::Map(&[required("toml-path", Schema::Str), required("dest-path", Schema::Str)])),
    ),
]);

pub(super) const TYPES: Field = required("types", Schema::List(&Schema::Word(&["buildN", "release"])));
pub(super) const VERSION_BUMP: Schema = Schema::Map(&[required("bump-files", STRINGS)]);
