//! The few styles of a report. A terminal shows them, a file or a pipe never sees them.

use anstyle::{AnsiColor, Style};

/// What a section is called.
pub const HEADING: Style = Style::new().bold();

/// What can be passed over at first.
pub const DIM: Style = Style::new().dimmed();

/// Where a task runs.
pub const RUNNING: Style = AnsiColor::Green.on_default();

/// Where a task could run and something is in its way.
pub const HINDERED: Style = AnsiColor::Yellow.on_default();
