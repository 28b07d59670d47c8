//! What a command tells its terminal.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

/// As `println!`. A reader that has gone away (`| head`) is no failure of the command: its work goes on, and its exit code
/// stands.
#[macro_export]
macro_rules! say {
    ($($line:tt)*) => {
        $crate::said(::core::format_args!($($line)*))
    };
}

/// What [`say!`] does.
///
/// # Panics
/// When the line cannot be written for another reason, a full disk for example: as `println!`.
pub fn said(line: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(io::stdout().lock(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        panic!("cannot write to standard output: {error}");
    }
}
