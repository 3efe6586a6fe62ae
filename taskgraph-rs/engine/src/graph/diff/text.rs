//! Differences of two texts, line by line, in the format of `diff -u`.

use similar::{Algorithm, TextDiff};

/// Lines around a difference that are shown, as the reference does.
const CONTEXT: usize = 20;

/// The unified diff of two texts that have names; empty if they are equal.
pub fn unified(before: (&str, &str), after: (&str, &str)) -> String {
    let ((old_name, old), (new_name, new)) = (before, after);
    if old == new {
        return String::new();
    }
    // Graphs have hundreds of thousands of lines of which most are equal: patience keeps tasks together.
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(old, new);
    diff.unified_diff().context_radius(CONTEXT).header(old_name, new_name).to_string()
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified(("a", "x\n"), ("b", "x\n")), "");
    }

    #[test]
    fn lines_that_go_and_come_are_marked() {
        let reported = unified(("graph@1", "a\nb\nc\n"), ("graph@2", "a\nx\nc\n"));
        assert_eq!(reported, "--- graph@1\n+++ graph@2\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
    }
}
