//! Going on with what an earlier run has made: corpora, the vocabulary, the backwards model.
//!
//! ```yaml
//! continuation:
//!     vocab: {src: https://example.com/vocab.ru.spm, trg: https://example.com/vocab.en.spm}
//!     corpora:
//!         parallel:                               # backtranslations, distillation
//!             src: https://example.com/ru.zst
//!             trg: https://example.com/en.zst
//!             tok-src: https://example.com/tok.ru.zst         # these three together, or none of them
//!             tok-trg: https://example.com/tok.en.zst
//!             alignments: https://example.com/aln.zst
//!     models:
//!         backwards: {url: https://example.com/backwards, mode: use, type: default}
//! ```
//!
//! Provided data is not made again: tasks that would make it are left out, and those that need it fetch it from a task
//! of the kinds `continuation-…`. `models` belong to [`pretrained`](crate::pretrained), too.

mod check;
pub(crate) mod corpus;
pub(crate) mod provided;
pub(crate) mod rewrite;

pub(crate) use check::check;
pub(crate) use provided::all_given;
