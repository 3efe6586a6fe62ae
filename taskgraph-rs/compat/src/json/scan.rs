//! Finds the first byte of a text that JSON has to escape, eight bytes at a time.

/// Whether a text is ASCII of which nothing is escaped.
pub(crate) fn is_plain(text: &str) -> bool {
    plain_length(text.as_bytes()) == text.len()
}

/// Returns the number of bytes at the start of a text that stand for themselves: ASCII that is neither escaped nor a
/// control character. Nearly all of a text is, so eight bytes at once are examined.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    // Compilers make one instruction for many bytes of this, and of texts that are long enough it pays.
    let (wide, _) = bytes.as_chunks::<32>();
    let mut start = 32 * wide.iter().take_while(|bytes| is_all_plain(bytes)).count();
    while let Some(eight) = bytes[start..].first_chunk() {
        let length = plain_length_of_chunk(*eight);
        start += length;
        if length < 8 {
            return start;
        }
    }
    match bytes.last_chunk() {
        // The first of these eight are known to be plain.
        Some(eight) => bytes.len() - 8 + plain_length_of_chunk(*eight),
        None => {
            let mut eight = [0; 8];
            eight[..bytes.len()].copy_from_slice(bytes);
            plain_length_of_chunk(eight)
        }
    }
}

fn is_all_plain(bytes: &[u8; 32]) -> bool {
    let is_other = |byte: u8| !matches!(byte, b' '..=b'~') | (byte == b'"') | (byte == b'\\');
    !bytes.iter().fold(false, |found, byte| found | is_other(*byte))
}

/// Content of eight bytes.
pub(crate) enum Chunk {
    /// Only bytes that stand for themselves.
    Plain,
    /// Such bytes, quotes and backslashes.
    Quoted,
    /// Other bytes as well.
    Other,
}

impl Chunk {
    /// Looks at eight bytes.
    pub(crate) fn of(bytes: [u8; 8]) -> Self {
        let word = u64::from_le_bytes(bytes);
        match (quotes(word) & HIGH, odd(word) & HIGH) {
            (0, 0) => Chunk::Plain,
            (_, 0) => Chunk::Quoted,
            _ => Chunk::Other,
        }
    }
}

/// Returns the number of plain bytes before the first of eight that is not.
fn plain_length_of_chunk(bytes: [u8; 8]) -> usize {
    let word = u64::from_le_bytes(bytes);
    ((quotes(word) | odd(word)) & HIGH).trailing_zeros() as usize / 8
}

const EACH: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = EACH << 7;

/// The high bit of every byte that is a quote or a backslash. Behind the first, others may be marked as well.
fn quotes(word: u64) -> u64 {
    let equals = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    equals(b'"') | equals(b'\\')
}

/// The high bit of every byte that is a control character or no ASCII. Behind the first, others may be marked as well.
fn odd(word: u64) -> u64 {
    below(word, b' ') | word | word.wrapping_add(EACH)
}

/// The high bit of every byte that is less. A borrow only reaches later bytes.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(EACH * u64::from(limit)) & !word
}
