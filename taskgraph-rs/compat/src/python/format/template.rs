//! Pre-parsed templates whose fields are plain names, as nearly all are: parsed once and filled in often.

use std::ops::Range;

use memchr::memchr2;

use crate::python::format::error::FormatError;
use crate::python::format::{MOST_OUTPUT, Names};

/// Where in a template which names are filled in.
pub struct Template {
    fields: Vec<Field>,
    /// The text behind the last field.
    rest: Range<usize>,
}

struct Field {
    /// The text before the field.
    before: Range<usize>,
    name: Range<usize>,
}

impl Template {
    /// Reads a template. Nothing if it has anything else between braces, or braces that mean themselves.
    pub fn read(template: &str) -> Option<Self> {
        let mut fields = Vec::new();
        let mut start = 0;
        while let Some(length) = memchr2(b'{', b'}', &template.as_bytes()[start..]) {
            let brace = start + length;
            let after = template[brace..].strip_prefix('{')?;
            let name = brace + 1..brace + 1 + template_name(after)?.len();
            start = name.end + 1;
            fields.push(Field { before: brace - length..brace, name });
        }
        Some(Template { fields, rest: start..template.len() })
    }

    /// Appends the template that was read, with names filled in.
    pub fn append(&self, out: &mut String, template: &str, names: Names<'_, '_>) -> Result<(), FormatError> {
        for field in &self.fields {
            out.push_str(&template[field.before.clone()]);
            names.append(out, &template[field.name.clone()])?;
            if out.len() > MOST_OUTPUT {
                return Err(FormatError::too_long());
            }
        }
        out.push_str(&template[self.rest.clone()]);
        Ok(())
    }
}

/// The name of a field that is nothing but a name.
pub fn template_name(text: &str) -> Option<&str> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let bytes = text.as_bytes();
    let length = bytes.iter().position(|byte| !is_letter(*byte) && !byte.is_ascii_digit())?;
    (bytes[length] == b'}' && is_letter(bytes[0])).then(|| &text[..length])
}
