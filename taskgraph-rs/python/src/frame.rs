//! Frames: four bytes of length, most significant first, and so many bytes of JSON.

use std::io::{self, Read, Write};

/// The longest frame that is read. A graph of 200,000 tasks is a third of it; more is not an answer but a fault.
const LONGEST: u32 = 3 << 30;

/// Writes a frame.
pub(crate) fn write(out: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a request to Python is too large"))?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(body)?;
    out.flush()
}

/// Reads a frame; nothing at the end of the stream.
pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::Error::other("Python sent an invalid answer"));
    }
    // Not all at once: what is announced need not come.
    let mut body = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut body)?;
    match body.len() == length as usize {
        true => Ok(Some(body)),
        false => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut stream = Vec::new();
        write(&mut stream, b"{}").unwrap();
        write(&mut stream, b"").unwrap();
        let mut input = &stream[..];
        assert_eq!(read(&mut input).unwrap(), Some(b"{}".to_vec()));
        assert_eq!(read(&mut input).unwrap(), Some(Vec::new()));
        assert_eq!(read(&mut input).unwrap(), None);
    }

    #[test]
    fn a_frame_that_is_cut_off_is_the_end() {
        let mut stream = Vec::new();
        write(&mut stream, b"{\"id\": 1}").unwrap();
        for end in [1, 3, 4, 7] {
            assert_eq!(read(&mut &stream[..end]).unwrap(), None);
        }
        assert!(read(&mut &b"\xff\xff\xff\xffabc"[..]).is_err());
    }
}
