//! A safe iterator over the events of libyaml (translated to Rust).
//!
//! Invariant: the only unsafe code of the project. An event borrows from the parser and lives until the next one.
#![expect(
    unsafe_code,
    reason = "libyaml's interface is one of raw pointers; each block says why it is sound"
)]

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use libyaml_rs as sys;

use crate::source::Span;

/// One event and where it stands.
pub(super) struct Event<'e> {
    pub kind: Kind<'e>,
    pub span: Span,
}

/// The kind of an event. Tags are resolved (`tag:yaml.org,2002:str`), or `!`.
pub(super) enum Kind<'e> {
    /// The start of the stream, or of a document, or the end of a document.
    Frame,
    /// The end of the stream.
    StreamEnd,
    Alias {
        anchor: &'e str,
    },
    /// `plain`: the text decides about the type, as it carries neither quotes nor a tag.
    Scalar {
        anchor: Option<&'e str>,
        tag: Option<&'e str>,
        text: &'e str,
        plain: bool,
    },
    ListStart {
        anchor: Option<&'e str>,
        tag: Option<&'e str>,
    },
    MapStart {
        anchor: Option<&'e str>,
        tag: Option<&'e str>,
    },
    /// The end of the innermost list or map.
    End,
}

/// The error of libyaml, in its own words.
pub(super) struct Fault {
    pub problem: String,
    pub at: Span,
    /// The element that was being read, and its start.
    pub context: Option<(String, Span)>,
    /// The last text in quotes that goes over several lines: where it begins, and the line that it ends in.
    pub quoted: Option<(Span, u32)>,
}

/// Hands out the events of one text.
pub(super) struct Events<'t> {
    parser: *mut sys::yaml_parser_t,
    event: sys::yaml_event_t,
    text: &'t str,
    /// The length of the byte order mark, which libyaml takes off before it counts.
    mark: usize,
    /// The last text in quotes that went over several lines.
    quoted: Option<(Span, u32)>,
}

impl<'t> Events<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let parser = Box::into_raw(Box::new(MaybeUninit::<sys::yaml_parser_t>::uninit())).cast();
        // SAFETY: `parser` points to room for a parser, which stays where it is until `drop`; initializing fills
        // it. The input outlives it: `self.text` borrows it for as long.
        unsafe {
            // It cannot fail: without memory it aborts.
            let _ = sys::yaml_parser_initialize(parser);
            sys::yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        }
        // SAFETY: all zeros are a valid event (no event, null pointers, false).
        let event = unsafe { MaybeUninit::zeroed().assume_init() };
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Events { parser, event, text, mark, quoted: None }
    }

    /// The next event. After the end of the stream there are only empty frames.
    pub(super) fn advance(&mut self) -> Result<Event<'_>, Fault> {
        // SAFETY: `event` is all zeros or what the parser made; deleting frees it and leaves zeros. The borrow of
        // `self` sees to it that nobody holds a text of it any more. `parser` was initialized in `new`.
        let ok = unsafe {
            sys::yaml_event_delete(&raw mut self.event);
            sys::yaml_parser_parse(self.parser, &raw mut self.event).ok
        };
        if !ok {
            return Err(self.fault());
        }
        let span = self.span(self.event.start_mark, self.event.end_mark);
        if self.event.type_ == sys::YAML_SCALAR_EVENT && self.event.end_mark.line > self.event.start_mark.line
        {
            let first = self.text.as_bytes().get(span.start as usize);
            if first.is_some_and(|first| matches!(first, b'"' | b'\'')) {
                self.quoted = Some((span, self.event.end_mark.line as u32 + 1));
            }
        }
        let data = &self.event.data;
        // SAFETY: the type of the event says which member of the union is filled; its pointers are null or point
        // to strings that end in NUL and live as long as the event. The text of a scalar is never null.
        let kind = unsafe {
            match self.event.type_ {
                sys::YAML_STREAM_END_EVENT => Kind::StreamEnd,
                sys::YAML_ALIAS_EVENT => {
                    Kind::Alias { anchor: string(data.alias.anchor, span)?.unwrap_or_default() }
                }
                sys::YAML_SCALAR_EVENT => {
                    let scalar = &data.scalar;
                    let bytes = std::slice::from_raw_parts(scalar.value, scalar.length as usize);
                    Kind::Scalar {
                        anchor: string(scalar.anchor, span)?,
                        tag: string(scalar.tag, span)?,
                        text: utf8(bytes, span)?,
                        plain: scalar.plain_implicit,
                    }
                }
                sys::YAML_SEQUENCE_START_EVENT => {
                    let list = &data.sequence_start;
                    Kind::ListStart { anchor: string(list.anchor, span)?, tag: string(list.tag, span)? }
                }
                sys::YAML_MAPPING_START_EVENT => {
                    let map = &data.mapping_start;
                    Kind::MapStart { anchor: string(map.anchor, span)?, tag: string(map.tag, span)? }
                }
                sys::YAML_SEQUENCE_END_EVENT | sys::YAML_MAPPING_END_EVENT => Kind::End,
                _ => Kind::Frame,
            }
        };
        Ok(Event { kind, span })
    }

    fn fault(&self) -> Fault {
        // SAFETY: the parser is initialized, and nobody else holds a reference to it.
        let parser = unsafe { &*self.parser };
        // SAFETY: both messages are null or constants of libyaml that end in NUL.
        let (problem, context) = unsafe {
            (
                string(parser.problem.cast_mut().cast(), Span::default()),
                string(parser.context.cast_mut().cast(), Span::default()),
            )
        };
        let problem = problem.ok().flatten().unwrap_or("the text cannot be read").to_owned();
        // The reader, unlike the scanner, knows only the offset of the byte.
        if parser.error == sys::YAML_READER_ERROR {
            let at = Span::at(self.text, parser.problem_offset as usize);
            return Fault { problem, at, context: None, quoted: None };
        }
        let at = self.span(parser.problem_mark, parser.problem_mark);
        let context = context.ok().flatten();
        let context =
            context.map(|words| (words.to_owned(), self.span(parser.context_mark, parser.context_mark)));
        Fault { problem, at, context, quoted: self.quoted }
    }

    /// libyaml-rs counts bytes in `index`, characters in `column`.
    fn span(&self, start: sys::yaml_mark_t, end: sys::yaml_mark_t) -> Span {
        let byte = |mark: sys::yaml_mark_t| (self.mark + mark.index as usize).min(self.text.len()) as u32;
        Span {
            line: start.line as u32 + 1,
            column: start.column as u32 + 1,
            start: byte(start),
            end: byte(end),
        }
    }
}

impl Drop for Events<'_> {
    fn drop(&mut self) {
        // SAFETY: both were initialized in `new` and are not used after this; `parser` came out of a `Box` of
        // the same layout.
        unsafe {
            sys::yaml_event_delete(&raw mut self.event);
            sys::yaml_parser_delete(self.parser);
            drop(Box::from_raw(self.parser.cast::<MaybeUninit<sys::yaml_parser_t>>()));
        }
    }
}

/// The text at `pointer`, none if that is null.
///
/// # Safety
/// `pointer` is null or points to bytes that end in NUL and stay for `'e`.
unsafe fn string<'e>(pointer: *const u8, span: Span) -> Result<Option<&'e str>, Fault> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { CStr::from_ptr(pointer.cast::<c_char>()) }.to_bytes();
    utf8(bytes, span).map(Some)
}

fn utf8(bytes: &[u8], at: Span) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault {
        problem: "text that is not UTF-8".to_owned(),
        at,
        context: None,
        quoted: None,
    })
}
