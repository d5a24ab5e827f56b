//! Reading a file that people write.

use std::io;
use std::path::Path;

/// The text of a file; one in another encoding is refused with what would help.
///
/// # Errors
/// What the system says, or that the text is not UTF-8.
pub fn read_text(file: &Path) -> io::Result<String> {
    String::from_utf8(std::fs::read(file)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8; save it again with that encoding"))
}
