//! Python's `base64`: encodes and decodes with the same leniency.

/// Decodes a text. What is not base64 in between is overlooked. None where Python raises: a character beyond ASCII,
/// or a last group that is not full.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut filled, mut left, mut pads) = (0, 0, 0);
    if !text.is_ascii() {
        return None;
    }
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if filled >= 2 => {
                pads += 1;
                // Python: what follows the padding is not read.
                if filled + pads >= 4 {
                    return Some(bytes);
                }
                continue;
            }
            _ => continue,
        };
        pads = 0;
        match filled {
            0 => {}
            1 => bytes.push(left << 2 | six >> 4),
            2 => bytes.push(left << 4 | six >> 2),
            _ => bytes.push(left << 6 | six),
        }
        left = six;
        filled = (filled + 1) % 4;
    }
    (filled == 0).then_some(bytes)
}

/// Encodes bytes, with padding and on one line. Python: `base64.b64encode`.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for (text, code) in [("", ""), ("h", "aA=="), ("hi", "aGk="), ("hi!", "aGkh"), ("hi! ", "aGkhIA==")] {
            assert_eq!(encode(text.as_bytes()), code);
            assert_eq!(decode(code).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(encode(&[0xff, 0xef, 0]), "/+8A");
    }

    #[test]
    fn base64_is_read_as_leniently_as_python_reads_it() {
        assert_eq!(decode("aGk=").as_deref(), Some(&b"hi"[..]));
        assert_eq!(decode("a G\nk = trailing").as_deref(), Some(&b"hi"[..]));
        assert_eq!(decode("/+8A").as_deref(), Some(&[0xff, 0xef, 0][..]));
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
        for text in ["a", "aGk", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
