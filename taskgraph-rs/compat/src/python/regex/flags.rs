//! Flags of a regular expression.

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multi_line: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
}

impl Flags {
    /// Sets or clears a flag by its letter.
    pub(super) fn set(&mut self, flag: char, on: bool) -> Result<(), String> {
        match flag {
            'i' => self.ignore_case = on,
            'm' => self.multi_line = on,
            's' => self.dot_all = on,
            'x' => self.verbose = on,
            'a' => self.ascii = on,
            'u' => self.ascii = !on,
            'L' => return Err("bad inline flags: cannot use `L` flag with a string pattern".into()),
            other => return Err(format!("unknown extension ?{other}")),
        }
        Ok(())
    }
}
