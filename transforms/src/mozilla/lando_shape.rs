//! The section `worker` of a task for landoscript.

use taskgraph::shape::{Field, STRINGS, Shape, optional, required};

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

const ESR_BUMP: &[Field] = &[
    required("to-branch", Shape::Str),
    required("fetch-version-from", Shape::Str),
    required("version-files", BUMPED_FILES),
];

const MAIN_BUMP: &[Field] = &[
    required("to-branch", Shape::Str),
    required("fetch-version-from", Shape::Str),
    required("version-files", BUMPED_FILES),
    optional("replacements", REPLACEMENTS),
    optional("regex-replacements", REPLACEMENTS),
    optional("end-tag", Shape::Str),
];

const EARLY_TO_LATE_BETA: &[Field] = &[
    required("to-branch", Shape::Str),
    required("fetch-version-from", Shape::Str),
    optional("replacements", REPLACEMENTS),
];

const UPLIFT: &[Field] = &[
    required("fetch-version-from", Shape::Str),
    required(
        "version-files",
        Shape::List(&Shape::Map(&[
            required("filename", Shape::Str),
            optional("version-bump", Shape::Str),
            optional("new-suffix", Shape::Str),
        ])),
    ),
    required("from-branch", Shape::Str),
    required("to-branch", Shape::Str),
    optional("replacements", REPLACEMENTS),
    optional("base-tag", Shape::Str),
    optional("end-tag", Shape::Str),
    optional("l10n-bump-info", L10N_BUMP),
];

const ACTION: Shape = Shape::Either(
    &[
        Shape::Map(&[required(
            "android-l10n-sync",
            Shape::Map(&[
                required("from-branch", Shape::Str),
                required("toml-info", Shape::List(&Shape::Map(&[required("toml-path", Shape::Str)]))),
            ]),
        )]),
        Shape::Map(&[required(
            "android-l10n-import",
            Shape::Map(&[
                required("from-repo-url", Shape::Str),
                required(
                    "toml-info",
                    Shape::List(&Shape::Map(&[
                        required("toml-path", Shape::Str),
                        required("dest-path", Shape::Str),
                    ])),
                ),
            ]),
        )]),
        Shape::Map(&[required("l10n-bump", L10N_BUMP)]),
        Shape::Map(&[required(
            "tag",
            Shape::Map(&[
                required("types", Shape::List(&Shape::Word(&["buildN", "release"]))),
                required("hg-repo-url", Shape::Str),
            ]),
        )]),
        Shape::Map(&[required("version-bump", Shape::Map(&[required("bump-files", STRINGS)]))]),
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
    required("implementation", Shape::Str),
    optional("os", Shape::Str),
    required("lando-repo", Shape::Str),
    required("actions", Shape::List(&ACTION)),
    optional("ignore-closed-tree", Shape::Bool),
    optional("dontbuild", Shape::Bool),
    optional("force-dry-run", Shape::Bool),
    optional("matrix-rooms", STRINGS),
]);
